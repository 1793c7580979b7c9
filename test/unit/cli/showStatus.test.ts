import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { isInteractive } from '../../../src/cli/terminal/isInteractive.ts';
import { RateMeter } from '../../../src/cli/terminal/rateMeter.ts';
import { showStatus } from '../../../src/cli/terminal/showStatus.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** What is written to a stream that is a terminal, or is none. */
const written = (isTTY: boolean): { stream: NodeJS.WriteStream; text: () => string } => {
  const stream = Object.assign(new PassThrough(), { isTTY, columns: 80, cursorTo: () => true, clearLine: () => true });
  let text = '';
  stream.on('data', (chunk) => {
    text += String(chunk);
  });
  return { stream: stream as unknown as NodeJS.WriteStream, text: () => text };
};

it.each([
  [true, {}, true],
  [false, {}, false],
  [undefined, {}, false],
  [true, { CI: 'true' }, false],
  [true, { NO_COLOR: '1' }, false],
  [true, { NO_COLOR: '' }, true],
])('is for people at a terminal: TTY %s, %o → %s', (isTTY, env, expected) => {
  expect(isInteractive({ isTTY }, env)).toBe(expected);
});

it('writes a plain line now and then where nobody watches', () => {
  const { stream, text } = written(false);
  let count = 0;
  const status = showStatus({ stream, env: {}, text: () => `${count} read`, lineEveryMs: 1000 });
  count = 3;
  vi.advanceTimersByTime(1000);
  status.say('a word');
  count = 5;
  vi.advanceTimersByTime(1999);
  status.end();
  vi.advanceTimersByTime(5000);
  expect(text()).toBe('3 read\na word\n5 read\n');
});

it('draws one line anew where somebody watches, and keeps what is said', () => {
  const { stream, text } = written(true);
  let done = 0;
  const share = () => ({ done, total: 10 });
  const status = showStatus({ stream, env: {}, text: () => `${done} of 10`, share });
  done = 7;
  vi.advanceTimersByTime(500);
  status.say('a word');
  status.end();
  status.end();
  const shown = stripVTControlCharacters(text());
  expect(shown).toContain('70% 7 of 10');
  expect(shown).toContain('a word\n');
});

it('measures how fast a count grows, of late', () => {
  const meter = new RateMeter(10_000);
  expect(meter.rate(0, 0)).toBe(0);
  expect(meter.rate(100, 1000)).toBe(100);
  for (let second = 2; second <= 30; second += 1) meter.rate(100, second * 1000);
  expect(meter.rate(100, 31_000)).toBe(0);
});
