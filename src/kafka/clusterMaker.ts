import type { Kafka } from 'kafkajs';
import { ClientVersionError } from '../errors/clientVersionError.ts';
import { neededClient } from './neededClient.ts';

/** Makes what a client of kafkajs makes for each of its producers, consumers and admins: its view of the brokers. */
export type ClusterMaker<Cluster extends object> = (options: object) => Cluster;

/**
 * Finds where a client keeps its {@link ClusterMaker}.
 *
 * @throws ClientVersionError when it keeps none: it is another version, whatever it says.
 */
export function clusterMaker<Cluster extends object>(kafka: Kafka): { make: ClusterMaker<Cluster> } {
  const makers = kafka as unknown as Record<symbol, ClusterMaker<Cluster> | undefined>;
  const key = Object.getOwnPropertySymbols(kafka).find(
    ({ description }) => description === 'private:Kafka:createCluster',
  );
  const maker = key === undefined ? undefined : makers[key];
  if (key === undefined || maker === undefined) {
    const { name, version } = neededClient;
    throw new ClientVersionError(name, version, 'another', ', which makes its clusters otherwise');
  }
  return {
    get make() {
      return makers[key] ?? maker;
    },
    set make(other) {
      makers[key] = other;
    },
  };
}
