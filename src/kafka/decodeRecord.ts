import type { WireDecoder } from './wireCodec.ts';

/** What the batch says of all its records. */
export interface BatchContext {
  readonly firstOffset: string;
  readonly firstTimestamp: string;
  readonly maxTimestamp: string;
  readonly timestampType: number;
  readonly magicByte: number;
  readonly isControlBatch?: boolean;
}

/** By name; a repeated name has its values in their order. Without a prototype: a header may be called `constructor`. */
export type DecodedHeaders = Record<string, Buffer | null | (Buffer | null)[]>;

/** A record as kafkajs hands it out. */
export interface DecodedRecord {
  readonly magicByte: number;
  readonly attributes: number;
  readonly timestamp: string;
  readonly offset: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: DecodedHeaders;
  readonly isControlRecord: boolean;
  readonly batchContext: BatchContext;
}

const logAppendTime = 1;

/**
 * Decodes a record of a batch of version 2 (KIP-98).
 *
 * The decoder of kafkajs 2.2.4 copies all headers for each header, and takes what any object inherits for an earlier header of that
 * name: a record with 10,000 headers takes it half a minute, and one with a header named `constructor` cannot be read.
 */
export function decodeRecord(decoder: WireDecoder, batchContext: BatchContext): DecodedRecord {
  const { firstOffset, firstTimestamp, magicByte, isControlBatch = false, timestampType, maxTimestamp } = batchContext;
  const attributes = decoder.readInt8();
  const created = BigInt(firstTimestamp) + BigInt(String(decoder.readVarLong()));
  const timestamp = timestampType === logAppendTime && maxTimestamp ? maxTimestamp : String(created);
  const offset = String(BigInt(firstOffset) + BigInt(decoder.readVarInt()));
  const key = decoder.readVarIntBytes();
  const value = decoder.readVarIntBytes();
  const headers = readHeaders(decoder);
  return {
    magicByte,
    attributes,
    timestamp,
    offset,
    key,
    value,
    headers,
    isControlRecord: isControlBatch,
    batchContext,
  };
}

function readHeaders(decoder: WireDecoder): DecodedHeaders {
  const headers = Object.create(null) as DecodedHeaders;
  for (let left = decoder.readVarInt(); left > 0; left--) {
    const name = String(decoder.readVarIntString());
    const content = decoder.readVarIntBytes();
    const earlier = headers[name];
    if (earlier === undefined) headers[name] = content;
    else if (Array.isArray(earlier)) earlier.push(content);
    else headers[name] = [earlier, content];
  }
  return headers;
}
