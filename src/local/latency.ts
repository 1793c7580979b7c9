/** A time in ms: constant, uniform between two, or lognormal. */
export type Latency =
  | number
  | { readonly fromMs: number; readonly toMs: number }
  | { readonly medianMs: number; readonly sigma: number };

/** Draws a time in ms, never below 0. */
export function drawLatencyMs(latency: Latency, random: () => number): number {
  if (typeof latency === 'number') return Math.max(0, latency);
  if ('fromMs' in latency) return Math.max(0, latency.fromMs + (latency.toMs - latency.fromMs) * random());
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return latency.medianMs * Math.exp(latency.sigma * normal);
}
