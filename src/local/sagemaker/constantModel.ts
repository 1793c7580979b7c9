import { drawLatencyMs, type Latency } from '../latency.ts';
import { seededRandom } from '../seededRandom.ts';
import type { ContainerHandler } from './containerHandler.ts';
import { delay } from './delay.ts';

/** Options of {@link constantModel}. */
export interface ConstantModelOptions {
  /** Default `{}`. */
  readonly answer?: string | Uint8Array;
  /** Default application/json. */
  readonly contentType?: string;
  /** Default 200. */
  readonly status?: number;
  /** Time one request takes, default 0. */
  readonly serviceMs?: Latency;
  /** Default 1. */
  readonly seed?: number;
}

/** A model that answers the same to everything. */
export function constantModel(options: ConstantModelOptions = {}): ContainerHandler {
  const { answer = '{}', contentType = 'application/json', status = 200, serviceMs = 0, seed = 1 } = options;
  const random = seededRandom(seed);
  const bytes = typeof answer === 'string' ? Buffer.from(answer) : answer;
  return async ({ signal }) => {
    await delay(drawLatencyMs(serviceMs, random), signal);
    return { status, contentType, bytes };
  };
}
