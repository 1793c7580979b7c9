import type { HttpAnswer } from './httpCall.ts';

/** @throws Error with the answer's own words when a call was not answered 2xx. */
export function demandSuccess({ status, bytes }: HttpAnswer, operation: string): void {
  if (status >= 300) throw new Error(`${operation} was answered ${status}: ${bytes.toString().slice(0, 500)}`);
}
