/** Positions of the slots handed over and not committed yet: ranges in ascending order, dropped from the front. */
export class SlotPositions {
  #ranges: { readonly from: number; readonly positions: readonly string[] }[] = [];

  add(from: number, positions: readonly string[]): void {
    this.#ranges.push({ from, positions });
  }

  at(slot: number): string | undefined {
    for (const { from, positions } of this.#ranges) if (slot < from + positions.length) return positions[slot - from];
    return undefined;
  }

  dropBelow(slot: number): void {
    const kept = this.#ranges.findIndex(({ from, positions }) => from + positions.length > slot);
    this.#ranges = kept < 0 ? [] : this.#ranges.slice(kept);
  }
}
