import { describe, expect, it } from 'vitest';
import { findOutcome } from '../../../src/operators/findOutcome.ts';
import { memoryEndpoint } from '../../../src/testing.ts';

const { signal } = new AbortController();
const invocation = { inferenceId: 'a', outputUri: 's3://out/a.out', failureUri: 's3://out/a.error' };

/** Looks at an endpoint that has left these objects, each written at this second. */
async function found(written: { readonly output?: number; readonly failure?: number }, notBefore?: number) {
  const endpoint = memoryEndpoint();
  const leave = (uri: string, text: string, second: number | undefined): void => {
    const facts = { contentType: 'text/plain', metadata: undefined, fromMs: 0 };
    if (second !== undefined)
      endpoint.store.objects.set(uri, { ...facts, bytes: Buffer.from(text), modifiedMs: second * 1_000 });
  };
  leave(invocation.outputUri, 'output', written.output);
  leave(invocation.failureUri, 'failure', written.failure);
  const notBeforeMs = notBefore === undefined ? undefined : notBefore * 1_000;
  const outcome = await findOutcome(endpoint, invocation, { signal, failure: true, notBeforeMs });
  if (outcome === undefined) return undefined;
  return 'result' in outcome ? outcome.result.text() : outcome.failure;
}

describe('a look for the outcome of a job', () => {
  it.each([
    ['an old failure beside a new output', { output: 20, failure: 10 }],
    ['a new failure beside an old output', { output: 10, failure: 20 }],
  ])('believes the output where both objects are there: %s', async (_, written) => {
    expect(await found(written)).toBe('output');
    expect(await found(written, 5)).toBe('output');
  });

  it('believes what was written since the job was accepted, and nothing older', async () => {
    expect(await found({ output: 20, failure: 10 }, 15)).toBe('output');
    expect(await found({ output: 10, failure: 20 }, 15)).toBe('failure');
    expect(await found({ output: 10, failure: 10 }, 15)).toBeUndefined();
    expect(await found({ failure: 10 }, 15)).toBeUndefined();
  });
});
