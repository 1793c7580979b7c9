import type { ModelDeath } from '../../local/modelProcess.ts';

/** Says why the model ended, and what comes next. */
export function describeDeath({ code, signal, lastLine, inRow, restartAfterMs }: ModelDeath): string {
  const often = inRow > 1 ? `, ${inRow} times in a row` : '';
  const next = restartAfterMs === undefined ? 'it is not started again' : `it is started again in ${restartAfterMs} ms`;
  return `the model ended with ${signal ?? `status ${code}`}${often}; ${next}${lastLine && ` (it said last: ${lastLine})`}`;
}
