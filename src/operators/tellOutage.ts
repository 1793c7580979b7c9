import { diag } from '@opentelemetry/api';

const everyMs = 30_000;
const toldMs = new Map<string, number>();

/** Warns that tiles of a stage wait for a service, for all of them together at most twice a minute. */
export function tellOutage(stage: string, reason: Error, nowMs: number): void {
  if (nowMs - (toldMs.get(stage) ?? Number.NEGATIVE_INFINITY) < everyMs) return;
  toldMs.set(stage, nowMs);
  diag.warn(`stage ${stage} waits for the service, and tries each tile again until its deadline: ${reason.message}`);
}
