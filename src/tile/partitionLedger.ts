import { CommitWindow } from './commitWindow.ts';
import { decodeOffsetMap, encodeOffsetMap, spanCap } from './offsetMap.ts';
import type { Origin } from './origin.ts';

/** Progress of a partition as a log stores it. */
export interface SavedProgress {
  readonly nextSlot: number;
  readonly map: string;
}

/** Progress of a partition to store. */
export interface CommitEntry extends SavedProgress {
  readonly partition: string;
  readonly epoch: number;
  readonly position: string | undefined;
  readonly nextPosition: string | undefined;
}

/** What is known of an assigned partition beside its progress. */
export interface PartitionPlace {
  /** Where nothing was ever committed: slot to be committed though nothing was read yet. */
  readonly begin?: number | undefined;
  /** Id of the stream, where it has one. */
  readonly streamId?: string | undefined;
}

/** One partition under one assignment: its window, and what of it is to be committed. */
export class PartitionLedger {
  readonly partition: string;
  readonly window: CommitWindow;
  /** True when the committed map could not be read; then finished records may come again. */
  readonly mapIgnored: boolean;
  /** Epoch the assignment began with; batches of earlier ones belong to another owner's time. */
  readonly since: number;
  /** Changes when the partition is kept over a rebalance; commits name it. */
  epoch: number;
  readonly #streamId: string | undefined;
  #closed = false;
  #dirty = false;
  #marked: boolean;
  readonly #repeatsBelow: number;

  constructor(partition: string, epoch: number, progress?: SavedProgress, { begin, streamId }: PartitionPlace = {}) {
    const map = progress === undefined || progress.map === '' ? undefined : decodeOffsetMap(progress.map);
    this.partition = partition;
    this.since = epoch;
    this.epoch = epoch;
    this.#streamId = streamId;
    this.window = new CommitWindow(progress?.nextSlot ?? begin, map?.finished, map?.running, map?.jobs);
    this.#dirty = progress === undefined && begin !== undefined;
    this.mapIgnored = progress !== undefined && progress.map !== '' && map === undefined;
    // A map that is not clean was left by a process that did not stop in order: what it had in flight lies in its span.
    const untidy = this.mapIgnored || map?.clean === false;
    this.#marked = untidy && map?.repeatsBelow === undefined;
    this.#repeatsBelow = untidy ? (progress?.nextSlot ?? 0) + (map?.repeatsBelow ?? spanCap) : Number.NEGATIVE_INFINITY;
  }

  /** True once the partition is no longer this process's: late settlements commit nothing. */
  get closed(): boolean {
    return this.#closed;
  }

  /**
   * False until a commit says that this process works on the partition. It is to be made before the first record is released,
   * so that a successor knows after a crash which records may have been worked on.
   */
  get marked(): boolean {
    return this.#marked;
  }

  /** True when an earlier process may have worked on the record. */
  mayRepeat(slot: number): boolean {
    return slot < this.#repeatsBelow;
  }

  /** Where a record of the partition came from. */
  originOf(stream: string, position: string): Origin {
    const { partition } = this;
    const streamId = this.#streamId;
    return streamId === undefined ? { stream, partition, position } : { stream, partition, position, streamId };
  }

  finish(slot: number): void {
    if (this.#closed) return;
    this.window.finish(slot);
    this.#dirty = true;
  }

  /** Notes which job for a record in flight runs at an endpoint, for who works on the record after a crash. */
  noteJob(slot: number, job: number | undefined): void {
    if (this.#closed) return;
    this.window.noteJob(slot, job);
    this.#dirty = true;
  }

  /** Says that what was taken for a commit must be committed again, because the commit failed or did not count. */
  touch(): void {
    this.#dirty = true;
  }

  /** The mark of {@link PartitionLedger.marked}, for a partition whose first record lies at `slot`. */
  takeMark(slot: number): CommitEntry {
    this.#marked = true;
    return { ...this.#entry(false), nextSlot: this.window.nextSlot ?? slot };
  }

  /**
   * What changed since the last call, to be committed; `undefined` when nothing did.
   *
   * @param closing - True for the last commit of a drained source: nothing will be delivered after it.
   */
  takeCommit(closing: boolean): CommitEntry | undefined {
    if (this.#closed || (!this.#dirty && !(closing && this.#marked)) || this.window.nextSlot === undefined)
      return undefined;
    const clean = (closing || !this.#marked) && this.window.inFlight === 0; // without the mark nothing was delivered
    this.#dirty = false;
    if (closing) this.#marked = false; // there is nothing to commit until something asks for it
    return this.#entry(clean);
  }

  /**
   * What could be committed if these slots were finished; `undefined` when the partition is closed, or nothing was read of it yet.
   *
   * For outputs that are made durable together with the progress they stand for.
   */
  progressAfter(finishing: ReadonlySet<number>): CommitEntry | undefined {
    return this.#closed || this.window.nextSlot === undefined ? undefined : this.#entry(false, finishing);
  }

  close(): void {
    this.#closed = true;
  }

  #entry(clean: boolean, finishing?: ReadonlySet<number>): CommitEntry {
    const { nextSlot, position, nextPosition, finished, running, jobs } = this.window.progress(finishing) ?? {
      nextSlot: 0,
      position: undefined,
      nextPosition: undefined,
      finished: [],
      running: [],
      jobs: [],
    };
    // What an earlier process may have delivered further on stays so, however tidy this one is.
    const left = this.#repeatsBelow - nextSlot;
    const map = encodeOffsetMap({
      finished,
      running,
      jobs,
      clean: clean && left <= 0,
      ...(clean && left > 0 && { repeatsBelow: left }),
    });
    return { partition: this.partition, epoch: this.epoch, nextSlot, position, nextPosition, map };
  }
}
