import { kafkaReader } from '../../src/kafka/kafkaReader.ts';
import { kafkaWriter } from '../../src/kafka/kafkaWriter.ts';
import { recordReaderContract } from '../support/contracts/recordReaderContract.ts';
import { recordWriterContract } from '../support/contracts/recordWriterContract.ts';
import { testTopic } from './testTopic.ts';

recordReaderContract('kafkaReader', async () => {
  const { brokers, topic, groupId, append } = await testTopic({ partitions: 2 });
  return {
    partitions: ['0', '1'],
    append,
    reader: () => kafkaReader({ brokers, topic, groupId, sessionTimeoutMs: 6000 }),
    textOf: ({ value }) => Buffer.from(value ?? []).toString(),
    close: () => Promise.resolve(),
  };
});

recordWriterContract('kafkaWriter', async () => {
  const { brokers, topic, readAll } = await testTopic({ partitions: 3, configs: { 'max.message.bytes': '100000' } });
  return {
    writer: () => kafkaWriter({ brokers, topic }),
    written: async () =>
      (await readAll()).map(({ key, value, headers }) => ({
        key: key === null ? null : key.toString(),
        text: String(value),
        headers: Object.entries(headers).map(([name, content]) => [name, String(content)] as const),
      })),
    keepsHeaders: true,
    tooLargeBytes: 200_000,
    close: () => Promise.resolve(),
  };
});
