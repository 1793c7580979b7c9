import { afterAll, beforeAll } from 'vitest';
import { type FrameProxiedKafka, startFrameProxiedKafka } from './startFrameProxiedKafka.ts';

/** Has one started before the tests of the `describe` that calls this, and ended after them; what is answered can be used once they run. */
export function frameProxiedKafka(): Omit<FrameProxiedKafka, typeof Symbol.asyncDispose> {
  let started: FrameProxiedKafka | undefined;
  beforeAll(async () => {
    started = await startFrameProxiedKafka();
  });
  afterAll(() => started?.[Symbol.asyncDispose]());
  const running = (): FrameProxiedKafka => {
    if (started === undefined) throw new TypeError('Kafka is there in tests and hooks, not while they are described');
    return started;
  };
  return {
    get cluster() {
      return running().cluster;
    },
    get proxy() {
      return running().proxy;
    },
    get brokers() {
      return running().brokers;
    },
  };
}
