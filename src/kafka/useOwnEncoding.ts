import { createRequire } from 'node:module';
import { type FindCodec, recordBatchEncoder } from './encodeRecordBatch.ts';
import { sizeRecord } from './sizeRecord.ts';

const require = createRequire(import.meta.url);
const protocol = 'kafkajs/src/protocol';
let used = false;

/**
 * Puts swath's encoder of record batches in place of kafkajs's, which takes more CPU than all else that is done to write a result
 * (docs/decisions).
 *
 * The client looks for its encoder when it first produces. A process that has produced by then keeps the client's own: the bytes
 * are the same.
 */
export function useOwnEncoding(): void {
  if (used) return;
  used = true;
  const { lookupCodec } = require(`${protocol}/message/compression/index.js`) as { lookupCodec: FindCodec };
  replace('recordBatch/record/v0/index.js', () => sizeRecord);
  replace('recordBatch/v0/index.js', (theirs) => ({ ...theirs, RecordBatch: recordBatchEncoder(lookupCodec) }));
}

function replace(module: string, ours: (theirs: object) => unknown): void {
  const path = require.resolve(`${protocol}/${module}`);
  const theirs = require(path) as object;
  const loaded = require.cache[path];
  if (loaded !== undefined) loaded.exports = ours(theirs);
}
