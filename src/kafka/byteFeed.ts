/** Takes bytes off a source that makes them as they are wanted. */
export class ByteFeed {
  readonly #source: AsyncIterator<Buffer, void, undefined>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Buffer, void, undefined>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** How many bytes can be taken at once. */
  get ready(): number {
    return this.#rest.length;
  }

  /** Makes a few bytes ready, fewer where the source ends. */
  async fill(length: number): Promise<void> {
    while (this.ready < length) {
      const { value, done } = await this.#source.next();
      if (done === true || value === undefined) return;
      this.#rest = Buffer.concat([this.#rest, value]);
    }
  }

  /** Takes bytes that are ready; a view, not a copy. */
  take(length: number): Buffer {
    const taken = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(length);
    return taken;
  }

  /**
   * Takes bytes of which some are not ready, into memory of their size.
   *
   * @throws RangeError where the source ends before.
   */
  async gather(length: number): Promise<Buffer> {
    const whole = Buffer.allocUnsafeSlow(length);
    let at = 0;
    for (;;) {
      at += this.take(length - at).copy(whole, at);
      if (at === length) return whole;
      const { value, done } = await this.#source.next();
      if (done === true || value === undefined) throw new RangeError(`ends ${length - at} bytes too early`);
      this.#rest = value;
    }
  }

  /** Lets the source go. */
  async close(): Promise<void> {
    this.#rest = Buffer.alloc(0);
    await this.#source.return?.();
  }
}
