import { startLocalServices } from '../../../src/local/startLocalServices.ts';
import { openTilesRun, type TilesRun } from '../../support/chaos/openTilesRun.ts';
import { tilesOf } from '../../support/chaos/tilesOf.ts';
import { checkDelivery } from '../../support/checker/checkDelivery.ts';
import { type Commits, readCommits } from '../../support/checker/readCommits.ts';
import { testTopic } from '../testTopic.ts';

const partitions = 2;
const perPartition = 40;

/** A {@link TilesRun} from topic to topic. */
export interface TopicTilesRun extends TilesRun {
  /** Every commit that was made. */
  commits(): Promise<Commits>;
}

/** Makes everything that one test needs; each partition ends in a record that is no tile. */
export async function tilesRun({ serviceMs = 20 }: { readonly serviceMs?: number } = {}): Promise<TopicTilesRun> {
  const services = await startLocalServices({ services: ['s3', 'sagemaker'], buckets: ['in', 'out'] });
  const [input, output, dead] = await Promise.all([testTopic({ partitions }), testTopic(), testTopic()]);
  const { brokers, groupId } = input;
  for (let partition = 0; partition < partitions; partition++)
    await input.append(partition, [...tilesOf(partition, perPartition), { key: 'bad', value: '' }]);
  const run = await openTilesRun({
    fixture: 'tilesPipeline',
    tiles: partitions * perPartition,
    bad: partitions,
    services,
    serviceMs,
    settings: {
      'kafka.brokers': brokers.join(','),
      'source.topic': input.topic,
      'source.groupId': groupId,
      'source.sessionTimeoutMs': 3000,
      'sink.topic': output.topic,
      'deadLetter.topic': dead.topic,
    },
    check: () => checkDelivery({ brokers, input: input.topic, groupId, output: output.topic, deadLetter: dead.topic }),
    async isDone() {
      const offsets = Array.from(
        { length: partitions },
        async (_, partition) => (await input.committed(partition)).offset,
      );
      return (await Promise.all(offsets)).every((offset) => offset === String(perPartition + 1));
    },
  });
  return {
    ...run,
    commits: () => readCommits(input.kafka(), groupId, input.topic),
    async [Symbol.asyncDispose]() {
      await services.close();
      await run[Symbol.asyncDispose]();
    },
  };
}
