import { availableParallelism, cpus } from 'node:os';

/** What one run of a benchmark took. */
export interface Measured {
  /** Throughput as a share of the best possible: cap divided by service time. */
  readonly efficiency: number;
  /** CPU time of this process, user and system, in microseconds. */
  readonly cpuMicrosPerTile: number;
}

/** How fast records went from log to log. */
export interface Rate {
  readonly recordsPerSecond: number;
  /** CPU time of this process, user and system, in microseconds. */
  readonly cpuMicrosPerRecord: number;
}

/** Where a benchmark ran. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly node: string;
}

export const machine = (): Machine => ({
  cpu: cpus()[0]?.model.trim() ?? 'unknown',
  cores: availableParallelism(),
  node: process.version,
});

export function collectGarbage(): void {
  (globalThis as { gc?: () => void }).gc?.();
}

/** Runs `work` over so many tiles and compares its throughput with the ideal one, in tiles per second. */
export async function measure(tiles: number, idealPerSecond: number, work: () => Promise<unknown>): Promise<Measured> {
  collectGarbage();
  const cpu = process.cpuUsage();
  const startedMs = performance.now();
  await work();
  const seconds = (performance.now() - startedMs) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { efficiency: tiles / seconds / idealPerSecond, cpuMicrosPerTile: (user + system) / tiles };
}

/** How long a timer of `ms` takes on this machine while nothing else happens, in milliseconds: timers are late by up to one. */
export async function timerMs(ms: number): Promise<number> {
  const samples = Array.from({ length: 300 }, async (_, i) => {
    await new Promise((resolve) => setTimeout(resolve, i));
    const startedMs = performance.now();
    await new Promise((resolve) => setTimeout(resolve, ms));
    return performance.now() - startedMs;
  });
  const taken = await Promise.all(samples);
  return taken.reduce((a, b) => a + b, 0) / taken.length;
}

/** A service that takes so many milliseconds. */
export function serve(ms: number): Promise<Record<string, never>> {
  return new Promise((resolve) => setTimeout(() => resolve({}), ms));
}

/** The round in the middle, by its speed. */
export function medianRate(rates: readonly Rate[]): Rate {
  const sorted = rates.toSorted((a, b) => a.recordsPerSecond - b.recordsPerSecond);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new RangeError('nothing was measured');
  return middle;
}
