import type { PutEntry } from './putBatch.ts';

/** What one request may hold. */
export interface PutLimits {
  readonly records: number;
  readonly bytes: number;
}

/**
 * Records that wait to be sent, in their order.
 *
 * A record whose key is on its way in another request waits for that one: the two do not overtake each other. Within one request
 * Kinesis may refuse a record and take later ones of its key, so only one at a time of a key is sure to stay in order.
 */
export class PutQueue {
  readonly #limits: PutLimits;
  readonly #underWay = new Set<string>();
  #waiting: PutEntry[] = [];
  #bytes = 0;

  constructor(limits: PutLimits) {
    this.#limits = limits;
  }

  /** True when a request can be filled. */
  get isFull(): boolean {
    return this.#waiting.length >= this.#limits.records || this.#bytes >= this.#limits.bytes;
  }

  add(entry: PutEntry): void {
    this.#waiting.push(entry);
    this.#bytes += entry.bytes;
  }

  /** Takes the next request; empty where nothing can be sent now. */
  take(): PutEntry[] {
    const batch: PutEntry[] = [];
    const later: PutEntry[] = [];
    let bytes = 0;
    let full = false;
    for (const entry of this.#waiting) {
      full ||= batch.length >= this.#limits.records || bytes + entry.bytes > this.#limits.bytes;
      if (full || this.#underWay.has(entry.partitionKey)) {
        later.push(entry);
      } else {
        batch.push(entry);
        bytes += entry.bytes;
      }
    }
    for (const { partitionKey } of batch) this.#underWay.add(partitionKey);
    this.#waiting = later;
    this.#bytes -= bytes;
    return batch;
  }

  /** Tells that a request ended. */
  done(batch: readonly PutEntry[]): void {
    for (const { partitionKey } of batch) this.#underWay.delete(partitionKey);
  }
}
