/** Something that a {@link PlacedSet} keeps; the number is the set's business alone. */
export interface Placed {
  place: number;
}

/**
 * A set, in no order, of things that know their place in it: adding and removing is a write to an array, and makes no garbage.
 *
 * A thing is in one such set at most.
 */
export class PlacedSet<T extends Placed> {
  readonly #items: T[] = [];

  get size(): number {
    return this.#items.length;
  }

  add(item: T): void {
    item.place = this.#items.push(item) - 1;
  }

  /** Answers whether it was there. */
  delete(item: T): boolean {
    const { place } = item;
    if (this.#items[place] !== item) return false;
    const last = this.#items.pop();
    if (last !== undefined && last !== item) {
      this.#items[place] = last;
      last.place = place;
    }
    return true;
  }

  /** Empties the set; answers what was in it. */
  takeAll(): T[] {
    return this.#items.splice(0);
  }
}
