/**
 * Lets one delivery per key through at a time, in the order they came; deliveries without a key are never held.
 *
 * What waits here is in flight already, so `maxInFlight` bounds it.
 */
export class OrderGate<D> {
  readonly #keyOf: (delivery: D) => string | undefined;
  readonly #release: (delivery: D) => void;
  /** Waiting deliveries by key; the key is present while one of its deliveries is let through. */
  readonly #waiting = new Map<string, D[]>();
  readonly #ready: D[] = [];
  #releasing = false;

  constructor(keyOf: (delivery: D) => string | undefined, release: (delivery: D) => void) {
    this.#keyOf = keyOf;
    this.#release = release;
  }

  enter(delivery: D): void {
    const key = this.#keyOf(delivery);
    const waiting = key === undefined ? undefined : this.#waiting.get(key);
    if (waiting !== undefined) {
      waiting.push(delivery);
      return;
    }
    if (key !== undefined) this.#waiting.set(key, []);
    this.#release(delivery);
  }

  /** The delivery is finished for good; the next of its key may go. */
  leave(delivery: D): void {
    const key = this.#keyOf(delivery);
    const waiting = key === undefined ? undefined : this.#waiting.get(key);
    if (key === undefined || waiting === undefined) return;
    const at = waiting.indexOf(delivery);
    if (at >= 0) {
      waiting.splice(at, 1); // abandoned while it waited
      return;
    }
    const next = waiting.shift();
    if (next === undefined) this.#waiting.delete(key);
    else this.#releaseLater(next);
  }

  /** A released delivery may be finished at once and release the next: a loop here, instead of a recursion as deep as the queue. */
  #releaseLater(delivery: D): void {
    this.#ready.push(delivery);
    if (this.#releasing) return;
    this.#releasing = true;
    for (let next = this.#ready.shift(); next !== undefined; next = this.#ready.shift()) this.#release(next);
    this.#releasing = false;
  }
}
