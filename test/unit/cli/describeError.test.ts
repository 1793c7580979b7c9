import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { describeError } from '../../../src/cli/describeError.ts';
import { ConfigurationError } from '../../../src/errors/configurationError.ts';
import { errorTable } from '../../../src/errors/errorTable.ts';
import { SourceError } from '../../../src/errors/sourceError.ts';
import { SwathError } from '../../../src/errors/swathError.ts';

const stream = new PassThrough() as unknown as NodeJS.WriteStream;
const plain = (error: unknown) => describeError(error, { isVerbose: false, stream });

class OwnError extends SwathError {
  override readonly code = 'OWN_CODE';
  override readonly retryable = false;
}

describe('an error', () => {
  it('of the configuration has a line for each rule, and status 2', () => {
    const problems = [
      { field: 'a.b', rule: 'must be a number', value: 'x' },
      { field: 'c', rule: 'is required' },
    ];
    const text = 'error: a.b: must be a number, got "x"\nerror: c: is required\n';
    expect(plain(new ConfigurationError(problems))).toEqual({ text, status: 2 });
  });

  it('whose code reads like a header keeps every word of its message, and hides a secret in it', () => {
    const message = 'kinesis.ListShards tiles: refused, authorization: Bearer abc123';
    const { text } = plain(new SourceError('AUTHORIZATION', 'tiles', message));
    expect(text).toContain('error: AUTHORIZATION: kinesis.ListShards tiles: refused');
    expect(text).not.toContain('abc123');
  });

  it('of a pipeline has its code and what to do, and status 1', () => {
    const { text, status } = plain(new SourceError('TOPIC_MISSING', 't', 'there is no topic t'));
    const advice = `what to do: ${errorTable.TOPIC_MISSING.whatToDo}`;
    expect(text).toBe(`error: TOPIC_MISSING: there is no topic t\n${advice}\n(--verbose shows where it comes from)\n`);
    expect(status).toBe(1);
  });

  it('of a class that swath does not know is told, too', () => {
    expect(plain(new OwnError('mine'))).toMatchObject({
      text: expect.stringMatching(/^error: OWN_CODE: mine\n/),
      status: 1,
    });
    expect(plain(new TypeError('slip'))).toMatchObject({ text: expect.stringMatching(/^error: slip\n/), status: 1 });
    expect(plain('thrown text')).toMatchObject({ text: expect.stringMatching(/^error: thrown text\n/), status: 1 });
  });

  it('never shows a stack or a secret, unless the stack is asked for', () => {
    const error = new Error('no way to https://user:hunter2@host/', { cause: new Error('password=hunter2') });
    expect(plain(error).text).not.toMatch(/\n\s+at |hunter2/);
    const verbose = describeError(error, { isVerbose: true, stream }).text;
    expect(verbose).toMatch(/\n\s+at /);
    expect(verbose).not.toContain('hunter2');
  });
});
