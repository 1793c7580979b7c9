/** Knows whether a reader has handed over all that lay in its partitions when it got them, and tells when that changes. */
export class CatchUp {
  readonly #tell: (is: boolean) => void;
  #told = false;
  #given = false;
  /** Where a partition's log ended; absent once it was read up to there. */
  readonly #ends = new Map<string, number>();

  constructor(tell: (is: boolean) => void) {
    this.#tell = tell;
  }

  /** The log gives out its partitions anew: nothing is known of any. */
  begin(): void {
    this.#given = false;
    this.#ends.clear();
    this.#told = false;
    this.#tell(false);
  }

  /** Whether the log has given out its partitions. */
  given(is: boolean): void {
    this.#given = is;
    this.#takeBack();
  }

  /** A partition is read from one place; its log ends at another. */
  expect(partition: string, from: number, end: number): void {
    if (from < end) this.#ends.set(partition, end);
    else this.#ends.delete(partition);
    this.#takeBack();
  }

  /** A partition was read up to this place. Answers whether all were read to their ends. */
  reached(partition: string, next: number): boolean {
    if (next >= (this.#ends.get(partition) ?? Number.POSITIVE_INFINITY)) this.#ends.delete(partition);
    return this.#done;
  }

  forget(partition: string): void {
    this.#ends.delete(partition);
  }

  /** All that was read has been handed over. */
  handedOver(): void {
    if (this.#told || !this.#done) return;
    this.#told = true;
    this.#tell(true);
  }

  get #done(): boolean {
    return this.#given && this.#ends.size === 0;
  }

  #takeBack(): void {
    if (!this.#told || this.#done) return;
    this.#told = false;
    this.#tell(false);
  }
}
