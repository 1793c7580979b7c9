import type { TestProject } from 'vitest/node';
import { startKafka } from '../support/kafka/startKafka.ts';

/** Gives the suite one broker: the one named by `KAFKA_BROKERS` (comma-separated), else its own, stopped at the end. */
export const setup = async (project: TestProject): Promise<(() => Promise<void>) | undefined> => {
  const given = process.env['KAFKA_BROKERS'];
  if (given) {
    project.provide('kafkaBrokers', given.split(','));
    return undefined;
  }
  const cluster = await startKafka();
  project.provide('kafkaBrokers', cluster.brokers);
  return () => cluster.close();
};

declare module 'vitest' {
  export interface ProvidedContext {
    kafkaBrokers: string[];
  }
}
