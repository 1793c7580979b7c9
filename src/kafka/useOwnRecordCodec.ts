import { createRequire } from 'node:module';
import { batchDecoder, type DecodeBatch } from './batchDecoder.ts';
import { decodeRecord } from './decodeRecord.ts';
import { type FindCodec, recordBatchEncoder } from './encodeRecordBatch.ts';
import { sizeRecord } from './sizeRecord.ts';

const require = createRequire(import.meta.url);
const protocol = 'kafkajs/src/protocol';
let used = false;

/**
 * Puts swath's encoder of record batches and its decoder of records in place of kafkajs's. Theirs take more CPU than all else that is
 * done to write a result, and cannot read records with some headers (docs/decisions).
 *
 * The client looks for its encoder when it first produces, for its decoder when it first fetches. A process that has done so by then keeps the
 * client's own: it writes the same bytes.
 */
export function useOwnRecordCodec(): void {
  if (used) return;
  used = true;
  const { lookupCodec } = require(`${protocol}/message/compression/index.js`) as { lookupCodec: FindCodec };
  replace('recordBatch/record/v0/index.js', () => sizeRecord);
  replace('recordBatch/record/v0/decoder.js', () => decodeRecord);
  replace('recordBatch/v0/decoder.js', (theirs) => batchDecoder(theirs as DecodeBatch));
  replace('recordBatch/v0/index.js', (theirs) => ({ ...theirs, RecordBatch: recordBatchEncoder(lookupCodec) }));
}

function replace(module: string, ours: (theirs: object) => unknown): void {
  const path = require.resolve(`${protocol}/${module}`);
  delete require.cache[path]; // loaded anew, it takes those of ours that were put in before it
  const theirs = require(path) as object;
  const loaded = require.cache[path];
  if (loaded !== undefined) loaded.exports = ours(theirs);
}
