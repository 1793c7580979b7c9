import { hash } from 'node:crypto';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { aggregateFormat } from './aggregateFormat.ts';
import type { UserRecord } from './userRecord.ts';

const { magic, fields, recordFields } = aggregateFormat;

/** Packs records into one, as the Kinesis Producer Library does; each key is written once. */
export function encodeAggregate(records: readonly UserRecord[]): Uint8Array {
  const writer = new BinaryWriter();
  const partitionKeys = numbered(records.map(({ partitionKey }) => partitionKey));
  const hashKeys = numbered(records.flatMap(({ explicitHashKey }) => explicitHashKey ?? []));
  for (const key of partitionKeys.keys()) writer.tag(fields.partitionKey, WireType.LengthDelimited).string(key);
  for (const key of hashKeys.keys()) writer.tag(fields.explicitHashKey, WireType.LengthDelimited).string(key);
  for (const { partitionKey, explicitHashKey, data } of records) {
    writer.tag(fields.record, WireType.LengthDelimited).fork();
    writer.tag(recordFields.partitionKeyIndex, WireType.Varint).uint32(partitionKeys.get(partitionKey) ?? 0);
    if (explicitHashKey !== undefined)
      writer.tag(recordFields.explicitHashKeyIndex, WireType.Varint).uint32(hashKeys.get(explicitHashKey) ?? 0);
    writer.tag(recordFields.data, WireType.LengthDelimited).bytes(data).join();
  }
  const message = writer.finish();
  return Buffer.concat([magic, message, hash('md5', message, 'buffer')]);
}

function numbered(keys: readonly string[]): Map<string, number> {
  return new Map([...new Set(keys)].map((key, i) => [key, i]));
}
