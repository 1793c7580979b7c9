import { maxToldJobs } from './jobTrail.ts';

const stateMask = 3;
const jobShift = 2;

/** What a window keeps of a slot, in one byte: its state, and beside `unseen` or `inFlight` the job that runs for it. */
export const slotState = {
  /** Not delivered: a gap, or not read yet. */
  unseen: 0,
  inFlight: 1,
  done: 2,
  /** Finished by an earlier process, not read again yet. */
  restored: 3,

  /** The byte for a state with a job of this number; of none where there is none, or too many to tell. */
  withJob(state: number, job: number | undefined): number {
    return job === undefined || job >= maxToldJobs ? state : state | ((job + 1) << jobShift);
  },

  /** Number of the job that runs. */
  jobOf(byte: number): number | undefined {
    return byte <= stateMask ? undefined : (byte >> jobShift) - 1;
  },

  /** The state alone. */
  without(byte: number): number {
    return byte & stateMask;
  },
} as const;
