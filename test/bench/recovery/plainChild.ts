import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel, type Message } from 'kafkajs';
import { Journal } from '../../support/chaos/journal.ts';
import type { ChildOptions } from './childOptions.ts';
import { LowestUnfinished } from './lowestUnfinished.ts';
import { serviceMs } from './serviceMs.ts';

// The other process of the recovery benchmark: what one writes with kafkajs alone. It works on as many tiles at once, sends its
// results in batches of a few milliseconds, and commits the lowest unfinished offset of each partition once a second.
const options: ChildOptions = JSON.parse(process.argv[2] ?? '');
const { brokers, topic, groupId, output, maxInFlight, sessionTimeoutMs, commitIntervalMs, slowness } = options;
const lingerMs = 5;
const journal = new Journal(options.journal);
const retry = { initialRetryTime: 100, maxRetryTime: 1000, retries: 60 };
const kafka = new Kafka({ brokers, clientId: 'plain', logLevel: logLevel.NOTHING, retry });
const producer = kafka.producer({ idempotent: true, allowAutoTopicCreation: false });
const consumer = kafka.consumer({
  groupId,
  sessionTimeout: sessionTimeoutMs,
  heartbeatInterval: 500,
  maxWaitTimeInMs: 100,
});
const unfinished = new LowestUnfinished();
let inFlight = 0;
let outbox: { readonly message: Message; readonly sent: () => void }[] = [];
let sending = false;

const sendAll = async (): Promise<void> => {
  sending = true;
  await sleep(lingerMs);
  while (outbox.length > 0) {
    const batch = outbox;
    outbox = [];
    await producer.send({ topic: output, acks: -1, messages: batch.map(({ message }) => message) });
    for (const { sent } of batch) sent();
  }
  sending = false;
};

const work = async (partition: number, offset: string): Promise<void> => {
  await sleep(slowness * serviceMs(partition, Number(offset)));
  const id = `${topic}-${partition}-${offset}`;
  const subject = `${topic}/${partition}/${offset}`;
  const headers = { ce_specversion: '1.0', ce_type: 'swath.tile.result', ce_id: id, ce_subject: subject };
  const { promise, resolve } = Promise.withResolvers<void>();
  outbox.push({ message: { key: id, value: id, headers }, sent: resolve });
  if (!sending) void sendAll();
  await promise;
  unfinished.finish(partition, Number(offset));
  inFlight -= 1;
  journal.acknowledged();
};

const commit = async (): Promise<void> => {
  const { finished } = journal;
  const offsets = unfinished.offsets().map(([partition, offset]) => ({ topic, partition, offset: String(offset) }));
  if (offsets.length > 0) await consumer.commitOffsets(offsets);
  journal.committed(finished);
};

await Promise.all([producer.connect(), consumer.connect()]);
await consumer.subscribe({ topic, fromBeginning: true });
await consumer.run({
  autoCommit: false,
  partitionsConsumedConcurrently: 4,
  eachBatch: async ({ batch, heartbeat, resolveOffset }) => {
    for (const { offset } of batch.messages) {
      while (inFlight >= maxInFlight) {
        await sleep(1);
        await heartbeat();
      }
      unfinished.start(batch.partition, Number(offset));
      inFlight += 1;
      journal.opened();
      resolveOffset(offset);
      void work(batch.partition, offset);
    }
  },
});
process.once('SIGTERM', () => {
  void consumer.disconnect().then(() => process.exit(0));
});
for (;;) {
  await sleep(commitIntervalMs);
  await commit();
}
