import type { Kafka } from 'kafkajs';
import { clusterMaker } from './clusterMaker.ts';

/** Requests that kafkajs can send, but has no public way to. */
export interface InnerBroker {
  /** By the number of the request; absent where the broker does not take it. */
  readonly versions: Readonly<Record<number, object | undefined>>;
  readonly connectionPool: {
    send<T extends { readonly clientSideThrottleTime: number }>(exchange: InnerExchange<T>): Promise<T>;
  };
  initProducerId(request: { readonly transactionalId: string; readonly transactionTimeout: number }): Promise<InnerId>;
  addPartitionsToTxn(
    request: InnerTransaction & { readonly topics: readonly { topic: string; partitions: number[] }[] },
  ): Promise<unknown>;
  addOffsetsToTxn(request: InnerTransaction & { readonly groupId: string }): Promise<unknown>;
  endTxn(request: InnerTransaction & { readonly transactionResult: boolean }): Promise<unknown>;
  /** @param request - `isolationLevel` 0 counts records of open transactions, 1 does not; the timestamp -1 asks for the end. */
  listOffsets(request: {
    readonly isolationLevel: 0 | 1;
    readonly topics: readonly { topic: string; partitions: readonly { partition: number; timestamp: number }[] }[];
  }): Promise<{ readonly responses: readonly { partitions: readonly { partition: number; offset: string }[] }[] }>;
}

/** What a broker knows a producer by. */
export interface InnerId {
  readonly producerId: string;
  readonly producerEpoch: number;
}

/** A request of our own making, and how its answer is read. */
export interface InnerExchange<T> {
  readonly request: {
    readonly apiKey: number;
    readonly apiVersion: number;
    readonly apiName: string;
    readonly encode: () => Promise<unknown>;
  };
  readonly response: {
    readonly decode: (payload: Buffer) => Promise<T>;
    readonly parse: (decoded: T) => Promise<T>;
  };
}

/** The client's view of the brokers. */
export interface InnerCluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  metadata(question: { readonly topics: readonly string[] }): Promise<{
    readonly topicMetadata: readonly { readonly partitionMetadata: readonly { readonly partitionId: number }[] }[];
  }>;
  /** Learns who leads the topic's partitions. */
  addTargetTopic(topic: string): Promise<void>;
  /** Partitions by the number of their leader; what has none is left out. */
  findLeaderForPartitions(topic: string, partitions: readonly number[]): Readonly<Record<string, readonly number[]>>;
  findBroker(request: { readonly nodeId: string }): Promise<InnerBroker>;
  /** @param request - `coordinatorType` 0 is of a group, 1 of a transactional id. */
  findGroupCoordinator(request: { readonly groupId: string; readonly coordinatorType: 0 | 1 }): Promise<InnerBroker>;
}

interface InnerTransaction extends InnerId {
  readonly transactionalId: string;
}

/** Makes what kafkajs 2.2.4 makes inside each of its clients. */
export function innerCluster(kafka: Kafka): InnerCluster {
  return clusterMaker<InnerCluster>(kafka).make({ metadataMaxAge: 300_000, allowAutoTopicCreation: false });
}
