import { spanCap } from './offsetMap.ts';
import { slotState } from './slotState.ts';
import type { WindowProgress } from './windowProgress.ts';

const none: ReadonlySet<number> = new Set();
const { unseen, inFlight, done, restored } = slotState;

/**
 * Finished and unfinished records of one partition under one assignment.
 *
 * Slots are opened in ascending order and finished in any; gaps between them are tolerated. The finished prefix grows past
 * finished slots and gaps, never past a slot in flight. States lie in a ring indexed by slot, so that opening and finishing cost
 * amortised O(1) whatever the order: each slot is stepped over once.
 */
export class CommitWindow {
  #states = new Uint8Array(64);
  #positions: (string | undefined)[] = new Array(64);
  #next: number | undefined; // first slot of the window: smallest that may be unfinished
  #top = 0; // one past the highest slot read
  #restoredTop = 0; // one past the highest slot restored
  #inFlight = 0;
  #position: string | undefined;

  /**
   * @param nextSlot - Where the log's commit stands; absent when nothing was ever committed.
   * @param finished - Distances from `nextSlot` of records finished by an earlier process, ascending.
   * @param running - Likewise of records that an earlier process had started a job for.
   * @param jobs - Number of this job among those of the tile; where it is missing, 0.
   */
  constructor(
    nextSlot?: number,
    finished: readonly number[] = [],
    running: readonly number[] = [],
    jobs: readonly number[] = [],
  ) {
    if (nextSlot === undefined) return;
    this.#next = nextSlot;
    this.#top = nextSlot;
    this.#restoredTop = nextSlot + Math.max(finished.at(-1) ?? -1, running.at(-1) ?? -1) + 1;
    this.#reserve(this.#restoredTop);
    for (const [i, distance] of running.entries())
      this.#states[this.#index(nextSlot + distance)] = slotState.withJob(unseen, jobs[i] ?? 0);
    for (const distance of finished) this.#states[this.#index(nextSlot + distance)] = restored;
  }

  /** Records opened and not finished. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Smallest slot that may be unfinished; `undefined` before the first record of a partition that was never committed. */
  get nextSlot(): number | undefined {
    return this.#next;
  }

  /** Position of the oldest record in flight. */
  get oldest(): string | undefined {
    return this.#inFlight > 0 && this.#next !== undefined ? this.#positions[this.#index(this.#next)] : undefined;
  }

  /** Slots between the oldest record in flight and the newest slot read, both included. */
  get span(): number {
    return this.#inFlight === 0 ? 0 : this.#top - (this.#next ?? this.#top);
  }

  /** False while opening the slot would make the window longer than {@link spanCap}. */
  accepts(slot: number): boolean {
    return this.#inFlight === 0 || slot < (this.#next ?? slot) + spanCap;
  }

  /**
   * Takes a record in flight.
   *
   * @returns False when it is in flight or finished already: it must not be delivered.
   */
  open(slot: number, position: string): boolean {
    if (this.#next !== undefined && slot < this.#next) return false;
    if (this.#inFlight === 0) this.#skipTo(slot);
    this.#reserve(slot + 1);
    const index = this.#index(slot);
    const job = slotState.jobOf(this.#states[index] ?? unseen);
    const state = this.#stateAt(slot);
    if (state === inFlight || state === done) return false;
    if (slot >= this.#top) this.#top = slot + 1;
    this.#positions[index] = position;
    if (state === restored) {
      this.#states[index] = done;
      this.#advance();
      return false;
    }
    this.#states[index] = slotState.withJob(inFlight, job);
    this.#inFlight += 1;
    return true;
  }

  /** Marks a record in flight as finished. */
  finish(slot: number): void {
    if (this.#stateAt(slot) !== inFlight) throw new RangeError(`slot ${slot} is not in flight`);
    this.#states[this.#index(slot)] = done;
    this.#inFlight -= 1;
    if (slot === this.#next) this.#advance();
  }

  /** Number of the job that runs for the record in flight, as far as was noted or restored. */
  jobOf(slot: number): number | undefined {
    return this.#stateAt(slot) === inFlight ? slotState.jobOf(this.#states[this.#index(slot)] ?? unseen) : undefined;
  }

  /** Notes which job for a record in flight runs at an endpoint; of the ninth or a later one nothing is told. */
  noteJob(slot: number, job: number | undefined): void {
    if (this.#stateAt(slot) !== inFlight) throw new RangeError(`slot ${slot} is not in flight`);
    this.#states[this.#index(slot)] = slotState.withJob(inFlight, job);
  }

  /**
   * What may be committed; `undefined` before the first record of a partition that was never committed.
   *
   * @param finishing - Slots to be taken for finished, each delivered before: what could be committed if they were.
   */
  progress(finishing: ReadonlySet<number> = none): WindowProgress | undefined {
    if (this.#next === undefined) return undefined;
    const stateAt = (slot: number): number =>
      finishing.has(slot) ? done : (this.#states[this.#index(slot)] ?? unseen);
    let nextSlot = this.#next;
    let position = this.#position;
    for (; nextSlot < this.#top && slotState.without(stateAt(nextSlot)) !== inFlight; nextSlot++)
      position = this.#positions[this.#index(nextSlot)] ?? position;
    const finished: number[] = [];
    const running: number[] = [];
    const jobs: number[] = [];
    const end = Math.max(this.#top, this.#restoredTop);
    for (let slot = nextSlot; slot < end; slot++) {
      const state = stateAt(slot);
      const job = slotState.jobOf(state);
      if (job !== undefined) {
        running.push(slot - nextSlot);
        jobs.push(job);
      } else if (state >= done) finished.push(slot - nextSlot);
    }
    const nextPosition = nextSlot < this.#top ? this.#positions[this.#index(nextSlot)] : undefined;
    return { nextSlot, position, nextPosition, finished, running, jobs };
  }

  #stateAt(slot: number): number {
    return slotState.without(this.#states[this.#index(slot)] ?? unseen);
  }

  #index(slot: number): number {
    return slot & (this.#states.length - 1);
  }

  /** Nothing is in flight: whatever lies below `slot` is finished, or a gap. */
  #skipTo(slot: number): void {
    const from = this.#next ?? slot;
    const end = Math.min(slot, Math.max(this.#top, this.#restoredTop));
    for (let gone = from; gone < end; gone++) this.#forget(gone);
    this.#next = Math.max(from, slot);
    this.#top = Math.max(this.#top, slot);
  }

  #advance(): void {
    let slot = this.#next ?? this.#top;
    for (; slot < this.#top && this.#stateAt(slot) !== inFlight; slot++) {
      this.#position = this.#positions[this.#index(slot)] ?? this.#position;
      this.#forget(slot);
    }
    this.#next = slot;
  }

  #forget(slot: number): void {
    const index = this.#index(slot);
    this.#states[index] = unseen;
    this.#positions[index] = undefined;
  }

  /** Doubles the ring until `[next, end)` fits. */
  #reserve(end: number): void {
    const next = this.#next ?? end;
    const size = this.#states.length;
    if (end - next <= size) return;
    const states = new Uint8Array(2 ** Math.ceil(Math.log2(end - next)));
    const positions = new Array<string | undefined>(states.length);
    for (let slot = next; slot < next + size; slot++) {
      states[slot & (states.length - 1)] = this.#states[slot & (size - 1)] ?? unseen;
      positions[slot & (states.length - 1)] = this.#positions[slot & (size - 1)];
    }
    this.#states = states;
    this.#positions = positions;
  }
}
