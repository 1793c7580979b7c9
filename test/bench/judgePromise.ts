/** A number that a suite measured, and the limit that it promises to keep. */
export type BenchPromise = { readonly of: string; readonly measured: number } & (
  | { readonly least: number }
  | { readonly most: number }
);

/** Whether a promise was kept, in a value and in words. */
export interface Judged {
  readonly kept: boolean;
  readonly words: string;
}

/** Compares what was measured with its limit; what is no number keeps nothing. */
export function judgePromise(promise: BenchPromise): Judged {
  const { of, measured } = promise;
  const [kept, limit] =
    'least' in promise
      ? [measured >= promise.least, `at least ${promise.least}`]
      : [measured <= promise.most, `at most ${promise.most}`];
  const found = Number(measured.toFixed(4));
  return { kept, words: `promise ${kept ? 'kept' : 'broken'}: ${of} is ${found}, ${limit} was promised` };
}
