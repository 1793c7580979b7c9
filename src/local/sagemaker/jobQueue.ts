import type { Job } from './job.ts';

interface Place {
  readonly job: Job;
  readonly timer: NodeJS.Timeout;
  expired: boolean;
}

/** Jobs that wait, first in, first out; each leaves by itself when its time in the queue is over. */
export class JobQueue {
  readonly #expire: (job: Job) => void;
  #places: Place[] = [];
  #head = 0;
  #size = 0;

  constructor(expire: (job: Job) => void) {
    this.#expire = expire;
  }

  get size(): number {
    return this.#size;
  }

  push(job: Job, ttlMs: number): void {
    const timer = setTimeout(() => {
      place.expired = true;
      this.#size -= 1;
      this.#expire(job);
    }, ttlMs);
    const place: Place = { job, timer, expired: false };
    this.#places.push(place);
    this.#size += 1;
  }

  /** Takes the job that came first. */
  shift(): Job | undefined {
    for (;;) {
      const place = this.#places[this.#head];
      if (place === undefined) return undefined;
      this.#head += 1;
      if (this.#head > 1024 && this.#head * 2 > this.#places.length) {
        this.#places = this.#places.slice(this.#head);
        this.#head = 0;
      }
      if (place.expired) continue;
      clearTimeout(place.timer);
      this.#size -= 1;
      return place.job;
    }
  }

  /** Forgets everything that waits. */
  clear(): void {
    for (const place of this.#places) clearTimeout(place.timer);
    this.#places = [];
    this.#head = 0;
    this.#size = 0;
  }
}
