import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll } from 'vitest';
import { dynamoLeaseStore } from '../../../src/aws/dynamoLeaseStore.ts';
import { kinesisReader } from '../../../src/aws/kinesisReader.ts';
import { kinesisWriter } from '../../../src/aws/kinesisWriter.ts';
import { readWholeStream } from '../../../src/aws/readWholeStream.ts';
import type { StreamRecord } from '../../../src/tile/streamRecord.ts';
import { recordReaderContract } from '../../support/contracts/recordReaderContract.ts';
import { recordWriterContract } from '../../support/contracts/recordWriterContract.ts';
import { type KinesisBench, localAws, openKinesisBench } from '../../support/kinesisBench.ts';

let bench: KinesisBench;
beforeAll(async () => {
  bench = await openKinesisBench();
});
afterAll(() => bench.close());

recordReaderContract<StreamRecord>('kinesisReader', async () => {
  const stream = `in-${randomUUID()}`;
  await bench.createStream(stream, 2);
  const [first = '', second = ''] = await bench.shards(stream);
  return {
    partitions: [first, second],
    append: (partition, texts) => bench.append(stream, partition, texts),
    reader: () =>
      kinesisReader(
        { stream, leaseTable: stream, region: localAws.region, failoverMs: 2000, readIntervalMs: 200 },
        {
          ...localAws,
          endpoint: bench.kinesis,
          store: dynamoLeaseStore({ ...localAws, endpoint: bench.dynamodb, table: stream }),
        },
      ),
    textOf: ({ value }) => Buffer.from(value ?? []).toString(),
    close: async () => {},
  };
});

recordWriterContract('kinesisWriter', async () => {
  const stream = `out-${randomUUID()}`;
  await bench.createStream(stream, 2);
  return {
    writer: () => kinesisWriter({ stream, region: localAws.region }, { ...localAws, endpoint: bench.kinesis }),
    written: async () => (await bench.contents(stream)).map((record) => ({ ...record, headers: [] })),
    keepsHeaders: false,
    tooLargeBytes: 1024 * 1024,
    close: async () => {},
  };
});

recordWriterContract('kinesisWriter with aggregates', async () => {
  const stream = `out-${randomUUID()}`;
  await bench.createStream(stream, 2);
  const aws = { ...localAws, endpoint: bench.kinesis };
  return {
    writer: () => kinesisWriter({ stream, region: localAws.region, aggregate: true }, aws),
    written: async () =>
      (await readWholeStream(stream, aws)).map(({ key, value }) => ({
        key,
        text: Buffer.from(value).toString(),
        headers: [],
      })),
    keepsHeaders: false,
    tooLargeBytes: 1024 * 1024,
    close: async () => {},
  };
});
