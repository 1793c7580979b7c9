import type { ContainerHandler } from './containerHandler.ts';
import type { SagemakerFaults } from './sagemakerFaults.ts';

/** An asynchronous endpoint of the SageMaker stand-in. */
export interface LocalEndpoint {
  readonly name: string;
  /** Base URL of a model container, or a function in this process. */
  readonly model: string | ContainerHandler;
  /** `s3://bucket/prefix` that results are left under. */
  readonly outputPath: string;
  /** `s3://bucket/prefix` of failure objects; without it there are none, and answers carry no FailureLocation. */
  readonly failurePath?: string;
  /** Default 1. With 0, everything waits in the queue. */
  readonly instances?: number;
  /** Default 4. */
  readonly concurrencyPerInstance?: number;
  readonly successTopicArn?: string;
  readonly errorTopicArn?: string;
  readonly faults?: SagemakerFaults;
}
