import { randomBytes } from 'node:crypto';
import { kafkaWriter } from '../../kafka/kafkaWriter.ts';
import { readWholeTopic } from '../../kafka/readWholeTopic.ts';
import { temporaryTopics } from '../../kafka/temporaryTopics.ts';
import { unlessStopped } from '../unlessStopped.ts';
import { demoPartitions, kafkaDemoConfig } from './demoSettings.ts';
import type { DemoStream } from './demoStream.ts';
import { type FindOptions, findKafka } from './findKafka.ts';

/**
 * Makes topics for this run, in the Kafka that the settings name, that runs on this machine, or that is started for it.
 *
 * @throws ConfigurationError when there is no Kafka, or a setting of the user cannot be used.
 * @throws SourceError when Kafka refuses.
 * @throws The reason of `stop`, when that aborts meanwhile.
 */
export async function openKafkaTopics(set: readonly string[], around: FindOptions): Promise<DemoStream> {
  const { stop } = around;
  const run = `swath-demo-${randomBytes(4).toString('hex')}`; // the Kafka may be one that others use
  const names = { tiles: `${run}-tiles`, detections: `${run}-detections`, dead: `${run}-tiles-dead`, group: run };
  kafkaDemoConfig(names, set); // before anything is started
  await using stack = new AsyncDisposableStack();
  const isGiven = set.some((each) => each.startsWith('kafka.brokers='));
  const found = isGiven ? undefined : stack.use(await findKafka(around));
  const config = kafkaDemoConfig(
    names,
    found === undefined ? set : [...set, `kafka.brokers=${found.brokers.join(',')}`],
  );
  const kafka = 'kafka' in config ? config.kafka : {};
  const topics = { [names.tiles]: demoPartitions, [names.detections]: demoPartitions, [names.dead]: 1 };
  const making = temporaryTopics(kafka, { topics, groups: [names.group] });
  const made = await unlessStopped(making, stop, () => true); // topics that are made must also be removed
  if (made !== undefined) stack.use(made);
  stop.throwIfAborted();
  const kept = stack.move();
  return {
    label: 'Kafka topic',
    config,
    openWriter: () => kafkaWriter({ ...kafka, topic: names.tiles }),
    readResults: async () => {
      const records = await readWholeTopic(names.detections, kafka);
      return records.map(({ value }) => JSON.parse(Buffer.from(value ?? []).toString('utf8')));
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}
