import kafkajs, { type Kafka } from 'kafkajs';
import { collectGarbage, type Rate } from './measure.ts';
import { Stopwatch } from './stopwatch.ts';

/** What the loop is asked for, by message from the benchmark. */
export type BareTask = {
  readonly brokers: readonly string[];
  readonly to: string;
  readonly records: number;
  readonly batch: number;
} & (
  | { readonly kind: 'fill'; readonly partitions: number; readonly bytes: number }
  | { readonly kind: 'copy'; readonly from: string }
);

// A process of its own: swath puts its encoding into the client's, and the loop must not gain by that. It answers each task with its Rate.
process.on('message', (task: BareTask) => {
  collectGarbage();
  const { brokers } = task;
  const kafka = new kafkajs.Kafka({ brokers: [...brokers], clientId: 'bare', logLevel: kafkajs.logLevel.NOTHING });
  const done = task.kind === 'fill' ? fill(kafka, task) : copy(kafka, task);
  void done.then((rate) => process.send?.(rate));
});

type Task<K extends BareTask['kind']> = Extract<BareTask, { readonly kind: K }>;

async function fill(kafka: Kafka, { to, records, batch, bytes, partitions }: Task<'fill'>): Promise<Rate> {
  const watch = new Stopwatch(records);
  const producer = kafka.producer();
  await producer.connect();
  watch.read();
  for (let from = 0; from < records; from += batch) {
    const messages = Array.from({ length: batch }, (_, i) => {
      const value = Buffer.alloc(bytes, from + i);
      return { key: String(from + i), value, partition: (from / batch) % partitions };
    });
    await producer.send({ topic: to, messages });
    watch.wrote(batch);
  }
  await producer.disconnect();
  return watch.done;
}

async function copy(kafka: Kafka, { from, to, records, batch }: Task<'copy'>): Promise<Rate> {
  const watch = new Stopwatch(records);
  const producer = kafka.producer({ idempotent: true });
  const consumer = kafka.consumer({ groupId: to, maxWaitTimeInMs: 100 });
  await Promise.all([producer.connect(), consumer.connect()]);
  await consumer.subscribe({ topic: from, fromBeginning: true });
  await consumer.run({
    eachBatch: async ({ batch: { messages } }) => {
      watch.read();
      for (let at = 0; at < messages.length; at += batch) {
        const part = messages.slice(at, at + batch);
        await producer.send({ topic: to, acks: -1, messages: part.map(({ key, value }) => ({ key, value })) });
        watch.wrote(part.length);
      }
    },
  });
  const rate = await watch.done;
  await consumer.disconnect();
  await producer.disconnect();
  return rate;
}
