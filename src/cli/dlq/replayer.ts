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
  /** Not taken by where they go: a topic or stream that is gone, or closed to us. */
  unsendable: number;
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
  readonly progress: ReplayProgress = {
    matched: 0,
    chosen: 0,
    sent: 0,
    refused: 0,
    outOfReach: 0,
    tooLarge: 0,
    unsendable: 0,
  };
  readonly #rules: ReplayRules;
  #sending = 0;

  constructor(rules: ReplayRules) {
    this.#rules = rules;
  }

  /** True while something that was sent is not confirmed and marked. */
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

  /**
   * Sends what was chosen, and marks what is written and confirmed.
   *
   * @param mark - Called once, when all are decided, even where some failed: what was sent and is not marked is sent again.
   * @throws The first failure that is not the letter's own, after the others are marked.
   */
  async send<T extends { readonly found: FoundLetter }>(
    chosen: readonly T[],
    mark: (written: readonly T[]) => Promise<void>,
  ): Promise<void> {
    this.#sending = chosen.length;
    try {
      const results = await Promise.allSettled(chosen.map(({ found }) => this.#rules.target.send(found)));
      const outcomes = results.map((result) => (result.status === 'fulfilled' ? result.value : undefined));
      await mark(chosen.filter((_, i) => outcomes[i] === 'sent'));
      for (const outcome of outcomes) if (outcome !== undefined) this.progress[outcome] += 1;
      const failure = results.find((result) => result.status === 'rejected');
      if (failure !== undefined) throw failure.reason;
    } finally {
      this.#sending = 0;
    }
  }
}
