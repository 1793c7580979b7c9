import { CallCounter } from './callCounter.ts';

/** Where the adapters of this process count their requests, unless they are given a counter of their own. */
export const awsCalls = new CallCounter();
