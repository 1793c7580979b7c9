import { expect, it } from 'vitest';
import { kafkaOptions } from '../../../src/config/kafkaOptions.ts';
import { GroupReading } from '../../../src/kafka/groupReading.ts';
import { Ownership } from '../../../src/kafka/ownership.ts';
import { ReadBuffer } from '../../../src/kafka/readBuffer.ts';
import type { StreamRecord } from '../../../src/tile/streamRecord.ts';

it('asks once whether commits can be sent, not at each commit: what waits would pile up', async () => {
  const reading = new GroupReading({
    connection: kafkaOptions.parse({}),
    topic: 'tiles',
    groupId: 'swath',
    sessionTimeoutMs: 6_000,
    ownership: new Ownership('earliest'),
    buffer: new ReadBuffer<StreamRecord>({ maxBytes: 1, rest: () => undefined, goOn: () => undefined }),
  });
  expect(reading.ready()).toBe(reading.ready());
  expect(await reading.ready()).toBe(false);
});
