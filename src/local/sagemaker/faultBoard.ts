import { drawLatencyMs, type Latency } from '../latency.ts';
import { seededRandom } from '../seededRandom.ts';
import type { ContainerFaults, InvokeFaults, SagemakerFaults } from './sagemakerFaults.ts';

/** What happens to one call of InvokeEndpointAsync. */
export type InvokeFate =
  | 'accept'
  | 'throttle'
  | 'internalFailure'
  | 'serviceUnavailable'
  | 'reset'
  | 'resetAfterAccept'
  | 'lose';

/** What happens to one call of the container. */
export type ContainerFate = 'call' | 'clientError' | 'serverError' | 'reset';

const INVOKE_FATES = [
  'throttle',
  'internalFailure',
  'serviceUnavailable',
  'reset',
  'resetAfterAccept',
  'lose',
] as const;
const CONTAINER_FATES = ['clientError', 'serverError', 'reset'] as const;

/** Options of a {@link FaultBoard}. */
export interface FaultBoardOptions {
  readonly seed: number;
  /** Monotonic, in ms. */
  readonly nowMs: () => number;
}

/** Decides, from a seed, which calls fail and how long they take; can be rewired while it runs. */
export class FaultBoard {
  readonly #random: () => number;
  readonly #nowMs: () => number;
  #faults: SagemakerFaults = {};
  #tokens = 0;
  #filledAtMs = 0;

  constructor({ seed, nowMs }: FaultBoardOptions) {
    this.#random = seededRandom(seed);
    this.#nowMs = nowMs;
  }

  /** Replaces all faults. */
  set(faults: SagemakerFaults): void {
    this.#faults = faults;
    this.#tokens = faults.invoke?.throttleAbovePerSecond ?? 0;
    this.#filledAtMs = this.#nowMs();
  }

  get invoke(): InvokeFaults {
    return this.#faults.invoke ?? {};
  }

  get container(): ContainerFaults {
    return this.#faults.container ?? {};
  }

  invokeFate(): InvokeFate {
    const faults = this.invoke;
    if (faults.throttleAbovePerSecond !== undefined && !this.#takeToken(faults.throttleAbovePerSecond))
      return 'throttle';
    return INVOKE_FATES.find((fate) => this.#happens(faults[fate])) ?? 'accept';
  }

  containerFate(): ContainerFate {
    const faults = this.container;
    return CONTAINER_FATES.find((fate) => this.#happens(faults[fate])) ?? 'call';
  }

  latencyMs(latency: Latency | undefined): number {
    return latency === undefined ? 0 : drawLatencyMs(latency, this.#random);
  }

  #happens(share: number | undefined): boolean {
    return share !== undefined && share > 0 && this.#random() < share;
  }

  #takeToken(perSecond: number): boolean {
    const nowMs = this.#nowMs();
    this.#tokens = Math.min(perSecond, this.#tokens + ((nowMs - this.#filledAtMs) / 1000) * perSecond);
    this.#filledAtMs = nowMs;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
