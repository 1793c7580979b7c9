import { describeExit } from '../../local/describeExit.ts';
import type { ModelDeath } from '../../local/modelProcess.ts';

/** Says why the model ended, and what comes next. */
export function describeDeath({ lastLine, inRow, restartAfterMs, ...exit }: ModelDeath): string {
  const often = inRow > 1 ? `, ${inRow} times in a row` : '';
  const next = restartAfterMs === undefined ? 'it is not started again' : `it is started again in ${restartAfterMs} ms`;
  return `the model ended with ${describeExit(exit)}${often}; ${next}${lastLine && ` (it said last: ${lastLine})`}`;
}
