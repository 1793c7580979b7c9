import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import {
  definePipeline,
  filterTile,
  fromKafka,
  kafkaDeadLetter,
  kafkaOptions,
  kafkaReaderOptions,
  kafkaTransactionOptions,
  kafkaTransactions,
  kafkaWriterOptions,
  mapTile,
  splitTile,
  toKafka,
} from '../../../src/index.ts';
import { fateOf } from './fateOf.ts';

/** Does with each record what {@link fateOf} says, taking up to 30 ms for each step. */
export const partsPipeline = definePipeline({
  name: 'parts',
  config: z.strictObject({
    kafka: kafkaOptions.prefault({}),
    source: z.strictObject({ ...kafkaReaderOptions.shape, maxInFlight: z.int().default(200) }),
    sink: z.strictObject({ ...kafkaWriterOptions.shape, ...kafkaTransactionOptions.shape }),
    deadLetter: kafkaWriterOptions,
  }),
  build: ({ config, drain }) => {
    const { kafka, source, sink, deadLetter } = config;
    const { transactional, transactionMs } = sink;
    const transactions = transactional ? kafkaTransactions({ ...kafka, transactionMs }) : undefined;
    const onNack = kafkaDeadLetter({ ...kafka, ...deadLetter, transactions });
    return fromKafka({ ...kafka, ...source, drain, onNack, transactions }).pipe(
      mapTile('work', async ({ key }) => {
        await sleep(Math.random() * 30);
        const number = Number(Buffer.from(key ?? []).toString());
        if (fateOf(number) === 'dead') throw new Error('refused on purpose');
        return { number };
      }),
      filterTile('keep', ({ number }) => fateOf(number) !== 'dropped'),
      splitTile('halves', ({ id, number }) => ['a', 'b'].map((half) => ({ id: `${id}-${half}`, number, half }))),
      mapTile('half', async () => {
        await sleep(Math.random() * 30);
        return {};
      }),
      toKafka({ ...kafka, ...sink, transactions, value: ({ number, half }) => ({ number, half }) }),
    );
  },
});
