/** A member asks every ten seconds; while it looks for partitions that a broker does not know yet, it asks the same broker four times a second. */
const enough = { answers: 12, lastingMs: 100_000 };

/**
 * Which id is the topic's, of those that brokers tell. Brokers learn one after another that a topic was made anew, and some tell the old
 * id for a while after others told the new one.
 *
 * No topic gets an id back: one that another took the place of is taken for an old answer. Only where brokers tell nothing else any
 * more it had been the other way round: this process began when some did not know the newer one yet.
 */
export class TopicId {
  readonly #left = new Set<string>();
  #current: string | undefined;
  readonly #nowMs: () => number;
  /** Answers in a row that told an id which was left, and when the first of them came. */
  #insisted = 0;
  #sinceMs = 0;

  /** @param nowMs - Milliseconds by a clock that never goes back. */
  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  /** Takes what a broker told, or `undefined` from one that tells no ids; answers which id counts. */
  told(id: string | undefined): string | undefined {
    if (id === undefined) return this.#current;
    if (id === this.#current) this.#insisted = 0;
    else if (!this.#left.has(id)) this.#change(id);
    else if (this.#isInsisted()) this.#change(id);
    return this.#current;
  }

  #isInsisted(): boolean {
    if (this.#insisted === 0) this.#sinceMs = this.#nowMs();
    this.#insisted += 1;
    return this.#insisted >= enough.answers && this.#nowMs() - this.#sinceMs >= enough.lastingMs;
  }

  #change(id: string): void {
    if (this.#current !== undefined) this.#left.add(this.#current);
    this.#left.delete(id);
    this.#current = id;
    this.#insisted = 0;
  }
}
