import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { checkConfig } from '../../src/config/checkConfig.ts';
import { kafkaOptions } from '../../src/config/kafkaOptions.ts';
import { kafkaClient } from '../../src/kafka/kafkaClient.ts';
import { Ownership } from '../../src/kafka/ownership.ts';
import { TransactionLanes } from '../../src/kafka/transactions/transactionLanes.ts';
import { testTopic } from './testTopic.ts';

const partitions = ['0', '1', '2', '3'];

/** Open connections of this process. */
const connections = (): number => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;

it('leaves no connection open, whenever it is closed while it claims partitions', async () => {
  const { brokers, topic, groupId } = await testTopic({ partitions: partitions.length });
  await expect.poll(connections).toBe(0);
  const kafka = kafkaClient(checkConfig(kafkaOptions, { brokers }), 'transact');
  for (let round = 0; round < 25; round++) {
    const lanes = new TransactionLanes({
      source: {
        ...{ topic, groupId, ownership: new Ownership('earliest') },
        ...{ progressAfter: () => undefined, stored: async () => undefined, stamp: (_, map) => map },
        lost: () => undefined,
      },
      ...{ kafka, windowMs: 50, counted: () => undefined, outputs: () => [topic] },
    });
    const claiming = lanes.claim(partitions, () => true).catch((error: unknown) => error);
    await sleep(round * 6);
    await lanes.close();
    await claiming;
    await expect.poll(connections, { message: `round ${round}` }).toBe(0);
  }
});
