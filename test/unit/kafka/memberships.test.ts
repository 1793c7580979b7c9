import { createServer } from 'node:net';
import { Kafka, logLevel } from 'kafkajs';
import { NEVER } from 'rxjs';
import { expect, it } from 'vitest';
import { GroupOffsets } from '../../../src/kafka/groupOffsets.ts';
import { GroupPartitions } from '../../../src/kafka/groupPartitions.ts';
import { Memberships } from '../../../src/kafka/memberships.ts';
import { Ownership } from '../../../src/kafka/ownership.ts';
import { ReadBuffer } from '../../../src/kafka/readBuffer.ts';
import type { StreamRecord } from '../../../src/tile/streamRecord.ts';
import { partitionOffsetsOf } from '../../support/kafka/partitionOffsetsOf.ts';

const offsets = partitionOffsetsOf({ committed: 7, high: 9, end: 9 });

/** Memberships of a group whose only broker hangs up at once, in a drain. */
const setUp = async (partitions: readonly string[]) => {
  let calls = 0;
  const server = createServer((socket) => {
    calls += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const kafka = new Kafka({ brokers: [`127.0.0.1:${port}`], logLevel: logLevel.NOTHING, retry: { retries: 0 } });
  const closing = new AbortController();
  const ownership = new Ownership('earliest');
  for (const partition of partitions) ownership.confirm(partition, offsets);
  const buffer = new ReadBuffer<StreamRecord>({ maxBytes: 1, rest: () => undefined, goOn: () => undefined });
  const revoked: string[] = [];
  const events = {
    assigned: () => undefined,
    revoked: (partition: string) => void revoked.push(partition),
    caughtUp: () => undefined,
    failed: () => undefined,
    progressAfter: () => undefined,
  };
  const common = {
    ...{ topic: 'tiles', ownership, buffer, offsets: new GroupOffsets(kafka, 'tiles', 'swath') },
    ...{ reading: () => false, closing: closing.signal },
  };
  const fail = (error: unknown): never => {
    throw error;
  };
  const memberships = new Memberships({
    ...{ ...common, kafka, groupId: 'swath', sessionTimeoutMs: 6_000, suspected: NEVER },
    partitions: new GroupPartitions({ ...common, events, lanes: () => undefined, fail }),
  });
  return { memberships, closing, ownership, revoked, server, calls: () => calls };
};

it('joins again in a drain, as long as something is held that is to be committed', async () => {
  const { memberships, closing, ownership, revoked, server, calls } = await setUp(['0']);
  const stayed = memberships.stay();
  await expect.poll(calls, { timeout: 5_000 }).toBeGreaterThan(1);
  expect(ownership.partitions).toEqual(['0']);
  expect(revoked).toEqual([]);
  closing.abort();
  await stayed;
  server.close();
});

it('does not join again in a drain that has nothing to commit', async () => {
  const { memberships, server, calls } = await setUp([]);
  await memberships.stay();
  expect(calls()).toBe(1);
  server.close();
});
