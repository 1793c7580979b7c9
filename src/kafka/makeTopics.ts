import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin, ITopicConfig } from 'kafkajs';
import { kafkaFault } from './kafkaFault.ts';

const waitMs = 50;
const limitMs = 30_000;

/**
 * Makes topics and resolves when each of their partitions has a leader.
 *
 * The client's own waiting gives up at once when the broker it asks has not yet heard of the topic.
 *
 * @throws What the brokers answered, or the last answer after 30 s.
 */
export async function makeTopics(admin: Admin, topics: ITopicConfig[], now = () => performance.now()): Promise<void> {
  const names = topics.map(({ topic }) => topic);
  const startedMs = now();
  let asked = false;
  for (;;) {
    try {
      if (!asked) await admin.createTopics({ topics, waitForLeaders: false });
      asked = true;
      const described = await admin.fetchTopicMetadata({ topics: names });
      if (described.topics.every(({ partitions }) => partitions.every(({ leader }) => leader >= 0))) return;
    } catch (error) {
      // Before it asks: brokers that have just started do not know yet which of them to ask.
      const passing = asked ? ['topic', 'transient'] : ['transient'];
      if (!passing.includes(kafkaFault(error).kind) || now() - startedMs > limitMs) throw error;
    }
    await sleep(waitMs);
  }
}
