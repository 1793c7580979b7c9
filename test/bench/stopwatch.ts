import type { Rate } from './measure.ts';

/** Counts from the first record read to the last one written. */
export class Stopwatch {
  readonly done: Promise<Rate>;
  #resolve: (rate: Rate) => void = () => undefined;
  #started: { ms: number; cpu: NodeJS.CpuUsage } | undefined;
  #written = 0;
  readonly #records: number;

  constructor(records: number) {
    this.#records = records;
    this.done = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  read(): void {
    this.#started ??= { ms: performance.now(), cpu: process.cpuUsage() };
  }

  wrote(count: number): void {
    this.#written += count;
    if (this.#started === undefined || this.#written < this.#records) return;
    const { user, system } = process.cpuUsage(this.#started.cpu);
    const seconds = (performance.now() - this.#started.ms) / 1_000;
    this.#resolve({ recordsPerSecond: this.#records / seconds, cpuMicrosPerRecord: (user + system) / this.#records });
  }
}
