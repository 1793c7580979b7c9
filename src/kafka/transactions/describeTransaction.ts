import { createRequire } from 'node:module';
import type { InnerBroker, InnerId } from '../innerCluster.ts';
import { type WireEncoder, wireCodec } from '../wireCodec.ts';

/** How far the brokers are with the last transaction of an id. */
export type TransactionState =
  | 'Empty'
  | 'Ongoing'
  | 'PrepareCommit'
  | 'PrepareAbort'
  | 'CompleteCommit'
  | 'CompleteAbort'
  | 'PrepareEpochFence'
  | 'Dead';

/** What the brokers know of the last transaction of an id, and whose it is. */
export interface TransactionDescription extends InnerId {
  readonly state: TransactionState;
}

const require = createRequire(import.meta.url);
const describeTransactions = 65;
const noTags = 0;
const notFound = 105;

/**
 * Asks the coordinator of a transactional id about it (DescribeTransactions, which kafkajs does not speak).
 *
 * @returns `undefined` for an id that was never used, and where the broker is older than Kafka 3.0 and cannot tell.
 * @throws What the broker answered.
 */
export async function describeTransaction(
  coordinator: InnerBroker,
  transactionalId: string,
): Promise<TransactionDescription | undefined> {
  if (coordinator.versions[describeTransactions] === undefined) return undefined;
  const { code, description } = await coordinator.connectionPool.send({
    request: {
      apiKey: describeTransactions,
      apiVersion: 0,
      apiName: 'DescribeTransactions',
      encode: async () => encode(transactionalId),
    },
    response: {
      decode: async (payload) => ({ ...decode(payload), clientSideThrottleTime: 0 }),
      parse: async (own) => own,
    },
  });
  if (code === notFound) return undefined;
  if (code === 0) return description;
  const { createErrorFromCode } = require('kafkajs/src/protocol/error.js') as {
    createErrorFromCode: (code: number) => Error;
  };
  throw createErrorFromCode(code);
}

function encode(transactionalId: string): WireEncoder {
  return wireCodec
    .encoder()
    .writeUVarInt(noTags) // ends the header
    .writeUVarInt(2) // one id: compact arrays tell their length and one more
    .writeUVarIntString(transactionalId)
    .writeUVarInt(noTags);
}

function decode(payload: Buffer): { code: number; description: TransactionDescription } {
  const decoder = wireCodec.decoder(payload);
  decoder.readTaggedFields(); // ends the header
  decoder.readInt32(); // throttle time
  decoder.readUVarInt(); // one id was asked about
  const code = decoder.readInt16();
  decoder.readUVarIntString(); // the id
  const state = decoder.readUVarIntString() as TransactionState;
  decoder.readInt32(); // its timeout
  decoder.readInt64(); // its start
  const description = { state, producerId: decoder.readInt64().toString(), producerEpoch: decoder.readInt16() };
  return { code, description };
}
