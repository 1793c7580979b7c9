import { setTimeout as sleep } from 'node:timers/promises';
import { diag } from '@opentelemetry/api';
import type { Commit } from '../ports/recordReader.ts';
import { type KafkaFault, kafkaFault } from './kafkaFault.ts';
import type { Ownership } from './ownership.ts';

/** What a {@link CommitLane} works with. */
export interface CommitLaneOptions {
  readonly ownership: Ownership;
  /**
   * Sends commits under the generation of the group that counts while it is called; asks the broker once. Called only while an epoch
   * counts, so never before the group was joined.
   */
  readonly send: (commits: readonly Commit[]) => Promise<void>;
  /** Aborted when the reader closes: then nothing is tried again. */
  readonly closing: AbortSignal;
}

/** `member` too: either the group is being formed anew, which ends these epochs, or it is not, and then they count still. */
const passing: ReadonlySet<KafkaFault['kind']> = new Set(['member', 'transient', 'topic']);
const firstWaitMs = 100;
const longestWaitMs = 1000;
const lookAgainMs = 20;

/** Makes commits durable one call after another, as long as their epochs count. */
export class CommitLane {
  readonly #options: CommitLaneOptions;
  #last: Promise<void> = Promise.resolve();

  constructor(options: CommitLaneOptions) {
    this.#options = options;
  }

  /**
   * Resolves when the broker confirmed. Where the group was formed anew meanwhile, resolves when it is known what became of
   * the partitions: whoever asked finds them lost, or kept under an epoch that the same commit can be made under.
   * Rejects with what the broker refused for good.
   */
  commit(commits: readonly Commit[]): Promise<void> {
    const done = this.#last.then(() => this.#make(commits));
    this.#last = done.catch(() => undefined);
    return done;
  }

  async #make(commits: readonly Commit[]): Promise<void> {
    const { ownership, closing } = this.#options;
    for (let waitMs = firstWaitMs; !closing.aborted; waitMs = Math.min(waitMs * 2, longestWaitMs)) {
      const failure = await this.#attempt(commits);
      if (failure === undefined) return this.#until(commits, (own) => ownership.counts(own) || ownership.ended(own));
      const { kind, message } = kafkaFault(failure);
      if (kind === 'metadata') return this.#withoutLongMaps(commits, failure);
      if (!passing.has(kind)) throw failure;
      diag.debug(`a commit is made again: ${message}`);
      await sleep(waitMs, undefined, { signal: closing }).catch(() => undefined);
    }
  }

  /** The group says what became of its partitions when it has been formed anew, within seconds. */
  async #until(commits: readonly Commit[], decided: (commit: Commit) => boolean): Promise<void> {
    const { closing } = this.#options;
    while (!closing.aborted && !commits.every(decided))
      await sleep(lookAgainMs, undefined, { signal: closing }).catch(() => undefined);
  }

  /**
   * Sends once. The check of the epochs and the call that reads the group's generation happen in one turn of the event loop
   * of their own: between the two the group cannot be formed anew.
   */
  #attempt(commits: readonly Commit[]): Promise<unknown> {
    const { ownership, send } = this.#options;
    return new Promise((resolve) => {
      setImmediate(() => {
        const live = commits.filter((commit) => ownership.counts(commit));
        if (live.length === 0) return resolve(undefined);
        for (const commit of live) ownership.committing(commit);
        const confirmed = (): void => {
          for (const commit of live) ownership.committed(commit);
          resolve(undefined);
        };
        send(live).then(confirmed, (error: unknown) => resolve(error ?? new Error('commit failed')));
      });
    });
  }

  /** Some map is longer than the broker keeps. A commit without it only repeats work; the others stand as they are. */
  async #withoutLongMaps(commits: readonly Commit[], failure: unknown): Promise<void> {
    if (commits.length > 1) {
      for (const commit of commits) await this.#make([commit]);
      return;
    }
    const [commit] = commits;
    if (commit === undefined || commit.map === '') throw failure;
    await this.#make([{ ...commit, map: '' }]);
  }
}
