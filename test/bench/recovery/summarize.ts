import type { Recovered } from './recoverOnce.ts';

/** All kills of one program: means, unless said otherwise. */
export interface RecoverySummary {
  readonly inFlight: number;
  readonly uncommitted: number;
  readonly repeated: number;
  readonly mostRepeated: number;
  /** Sum. */
  readonly lost: number;
}

export function summarize(runs: readonly Recovered[]): RecoverySummary {
  const sum = (of: (run: Recovered) => number): number => runs.reduce((total, run) => total + of(run), 0);
  const mean = (of: (run: Recovered) => number): number => Math.round(sum(of) / runs.length);
  return {
    inFlight: mean(({ inFlight }) => inFlight),
    uncommitted: mean(({ uncommitted }) => uncommitted),
    repeated: mean(({ repeated }) => repeated),
    mostRepeated: Math.max(...runs.map(({ repeated }) => repeated)),
    lost: sum(({ lost }) => lost),
  };
}
