import type { Kafka } from 'kafkajs';
import { clusterMaker } from './clusterMaker.ts';

interface Cluster {
  readonly brokerPool: { createBroker: (options: object) => object };
}

const own = new WeakSet<object>();

/**
 * Keeps apart which parts of kafkajs work for swath: what is mended in them stays as it was for the other clients of a process, whose
 * programs may know the client's ways and live with them.
 */
export const ownClients = {
  /** Takes all that a client will make for swath's. */
  add(kafka: Kafka): void {
    const maker = clusterMaker<Cluster>(kafka);
    const { make } = maker;
    maker.make = (options) => {
      const cluster = make(options);
      const { brokerPool } = cluster;
      const { createBroker } = brokerPool;
      brokerPool.createBroker = (of) => {
        const broker = createBroker(of);
        own.add(broker);
        return broker;
      };
      own.add(cluster);
      return cluster;
    };
  },

  /** Whether a cluster or a broker, as they are called inside kafkajs, works for swath. */
  has: (part: object): boolean => own.has(part),
} as const;
