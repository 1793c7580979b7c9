import { expect, it } from 'vitest';
import { describeDeath } from '../../../../src/cli/local/describeDeath.ts';

it('says why the model ended, and what comes next', () => {
  const killed = { code: null, signal: 'SIGKILL', lastLine: '', inRow: 1, restartAfterMs: 100 } as const;
  expect(describeDeath(killed)).toBe('the model ended with SIGKILL; it is started again in 100 ms');
  const failed = { code: 3, signal: null, lastLine: 'out of memory', inRow: 5, restartAfterMs: undefined };
  expect(describeDeath(failed)).toBe(
    'the model ended with status 3, 5 times in a row; it is not started again (it said last: out of memory)',
  );
});
