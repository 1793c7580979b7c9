/** Per partition, the offset that a plain consumer may commit: that of its oldest unfinished record. */
export class LowestUnfinished {
  readonly #open = new Map<number, Set<number>>(); // a set keeps the order in which its members came
  readonly #next = new Map<number, number>();

  start(partition: number, offset: number): void {
    const open = this.#open.get(partition) ?? new Set();
    open.add(offset);
    this.#open.set(partition, open);
    this.#next.set(partition, offset + 1);
  }

  finish(partition: number, offset: number): void {
    this.#open.get(partition)?.delete(offset);
  }

  offsets(): (readonly [partition: number, offset: number])[] {
    return [...this.#next].map(([partition, next]) => {
      const [lowest = next] = this.#open.get(partition) ?? [];
      return [partition, lowest] as const;
    });
  }
}
