/** Tells people how far a run is. */
export interface DemoProgress {
  /** A new step began. */
  step(text: string): void;
  /** So many tiles are settled, out of so many. */
  tiles(settled: number, count: number): void;
  /** Something that is good to know. */
  tell(text: string): void;
  /** Takes the bar away. Idempotent. */
  end(): void;
}
