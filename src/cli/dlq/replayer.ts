import type { FoundLetter } from './foundLetter.ts';
import type { ReplayTarget } from './replayTarget.ts';

/** How far a replay is; changes while it goes on. */
export interface ReplayProgress {
  /** Dead letters that wait and that the filter keeps. */
  matched: number;
  /** Those of them to be sent: without what is refused, up to the limit. */
  chosen: number;
  sent: number;
  /** Replayed as often as is allowed. */
  refused: number;
  /** Too far behind one that waits to be marked. */
  outOfReach: number;
  /** Larger than the target takes. */
  tooLarge: number;
}

/** Rules of a {@link Replayer}. */
export interface ReplayRules {
  readonly matches: (found: FoundLetter) => boolean;
  readonly maxReplays: number;
  readonly limit: number;
  readonly target: ReplayTarget;
}

/** Decides which dead letters are sent, and sends them. */
export class Replayer {
  readonly progress: ReplayProgress = { matched: 0, chosen: 0, sent: 0, refused: 0, outOfReach: 0, tooLarge: 0 };
  readonly #rules: ReplayRules;
  #sending = 0;

  constructor(rules: ReplayRules) {
    this.#rules = rules;
  }

  /** True while something that was sent is not confirmed. */
  get isSending(): boolean {
    return this.#sending > 0;
  }

  /** True when no more may be chosen. */
  get full(): boolean {
    return this.progress.chosen >= this.#rules.limit;
  }

  /**
   * Decides on a dead letter, once for each, and counts it.
   *
   * @param reachable - False where it could not be marked: it would be sent again and again.
   */
  chooses(found: FoundLetter, reachable = true): boolean {
    const { matches, maxReplays } = this.#rules;
    if (found.replayed || !matches(found)) return false;
    this.progress.matched += 1;
    if (found.replays >= maxReplays) this.progress.refused += 1;
    else if (!reachable) this.progress.outOfReach += 1;
    else if (!this.full) {
      this.progress.chosen += 1;
      return true;
    }
    return false;
  }

  /** Sends what was chosen; resolves with those that are written and confirmed, once all are decided. */
  async send<T extends { readonly found: FoundLetter }>(chosen: readonly T[]): Promise<T[]> {
    this.#sending = chosen.length;
    const results = await Promise.allSettled(chosen.map(({ found }) => this.#rules.target.send(found)));
    this.#sending = 0;
    const failure = results.find((result) => result.status === 'rejected');
    if (failure !== undefined) throw failure.reason;
    const written = chosen.filter((_, i) => results[i]?.status === 'fulfilled' && results[i].value);
    this.progress.sent += written.length;
    this.progress.tooLarge += chosen.length - written.length;
    return written;
  }
}
