import type { ModelExit } from './modelProcess.ts';

/** Says what a process ended with: a signal, or its status. */
export function describeExit({ code, signal }: ModelExit): string {
  return signal ?? `status ${code}`;
}
