import { drawLatencyMs, type Latency } from '../latency.ts';
import { seededRandom } from '../seededRandom.ts';
import type { ContainerHandler } from './containerHandler.ts';
import { delay } from './delay.ts';

/** Options of {@link echoModel}. */
export interface EchoModelOptions {
  /** Time one request takes, default 0. */
  readonly serviceMs?: Latency;
  /** Default 1. */
  readonly seed?: number;
}

/** A model that answers what it was sent, with the content type it came with. */
export function echoModel({ serviceMs = 0, seed = 1 }: EchoModelOptions = {}): ContainerHandler {
  const random = seededRandom(seed);
  return async ({ bytes, contentType, signal }) => {
    await delay(drawLatencyMs(serviceMs, random), signal);
    return { status: 200, contentType, bytes };
  };
}
