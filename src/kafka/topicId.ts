const enough = 12; // answers; a member asks every ten seconds

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
  #insisted = 0;

  /** Takes what a broker told, or `undefined` from one that tells no ids; answers which id counts. */
  told(id: string | undefined): string | undefined {
    if (id === undefined) return this.#current;
    if (id === this.#current) this.#insisted = 0;
    else if (!this.#left.has(id)) this.#change(id);
    else {
      this.#insisted += 1;
      if (this.#insisted >= enough) this.#change(id);
    }
    return this.#current;
  }

  #change(id: string): void {
    if (this.#current !== undefined) this.#left.add(this.#current);
    this.#left.delete(id);
    this.#current = id;
    this.#insisted = 0;
  }
}
