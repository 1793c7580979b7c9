import type { EndpointStats } from './endpointStats.ts';
import type { LocalEndpoint } from './localEndpoint.ts';
import type { SagemakerFaults } from './sagemakerFaults.ts';

/** Turns faults on and off while the stand-in runs; without a name, for all endpoints there are. */
export interface FaultSwitch {
  /** Replaces the faults that were set before. */
  set(faults: SagemakerFaults, endpoint?: string): void;
  clear(endpoint?: string): void;
}

/** The SageMaker runtime of this process. Methods that take the name of an endpoint throw ConfigurationError when there is none of that name. */
export interface LocalSagemaker {
  /** Base URL, without a slash at its end. */
  readonly url: string;
  readonly faults: FaultSwitch;
  /** Counts of one endpoint; without a name, added up over all. */
  stats(endpoint?: string): EndpointStats;
  addEndpoint(endpoint: LocalEndpoint): void;
  /** Gives up what waits or runs at it. */
  removeEndpoint(name: string): void;
  /** Sets how many instances work, from 0. */
  scale(name: string, instances: number): void;
  /** Resolves when no endpoint has a job that waits or runs. */
  idle(): Promise<void>;
}
