import { expect, it } from 'vitest';
import { kafkaOptions } from '../../../src/config/kafkaOptions.ts';
import { GroupReading } from '../../../src/kafka/groupReading.ts';
import { Ownership } from '../../../src/kafka/ownership.ts';
import { ReadBuffer } from '../../../src/kafka/readBuffer.ts';
import type { StreamRecord } from '../../../src/tile/streamRecord.ts';

it('does not say that something was committed before a group was joined', async () => {
  const reading = new GroupReading({
    connection: kafkaOptions.parse({}),
    topic: 'tiles',
    groupId: 'swath',
    sessionTimeoutMs: 6_000,
    ownership: new Ownership('earliest'),
    buffer: new ReadBuffer<StreamRecord>({ maxBytes: 1, rest: () => undefined, goOn: () => undefined }),
  });
  const commit = { partition: '0', epoch: 1, nextSlot: 1, position: '0', nextPosition: undefined, map: '' };
  await expect(reading.send([commit])).rejects.toThrow('before the group was joined');
});
