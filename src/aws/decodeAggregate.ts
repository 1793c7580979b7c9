import { hash } from 'node:crypto';
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { aggregateFormat } from './aggregateFormat.ts';
import type { UserRecord } from './userRecord.ts';

const { magic, digestBytes, fields, recordFields } = aggregateFormat;

/**
 * Unpacks what the Kinesis Producer Library packed.
 *
 * @returns `undefined` when it is no aggregate, or a damaged one: then the record stands for itself, whole.
 */
export function decodeAggregate(data: Uint8Array): UserRecord[] | undefined {
  if (data.length <= magic.length + digestBytes || !magic.equals(data.subarray(0, magic.length))) return undefined;
  const message = data.subarray(magic.length, -digestBytes);
  if (!hash('md5', message, 'buffer').equals(data.subarray(-digestBytes))) return undefined;
  try {
    return readAggregate(message);
  } catch {
    return undefined;
  }
}

interface Entry {
  readonly partitionKey: number | undefined;
  readonly explicitHashKey: number | undefined;
  readonly data: Uint8Array | undefined;
}

function readAggregate(message: Uint8Array): UserRecord[] | undefined {
  const partitionKeys: string[] = [];
  const hashKeys: string[] = [];
  const entries: Entry[] = [];
  for (const reader = new BinaryReader(message); reader.pos < reader.len; ) {
    const [field, type] = reader.tag();
    if (type !== WireType.LengthDelimited) reader.skip(type, field);
    else if (field === fields.partitionKey) partitionKeys.push(reader.string());
    else if (field === fields.explicitHashKey) hashKeys.push(reader.string());
    else if (field === fields.record) entries.push(readEntry(reader.bytes()));
    else reader.skip(type, field);
  }
  const records: UserRecord[] = [];
  for (const { partitionKey: keyIndex = -1, explicitHashKey: hashIndex, data } of entries) {
    const partitionKey = partitionKeys[keyIndex];
    const explicitHashKey = hashIndex === undefined ? undefined : hashKeys[hashIndex];
    const hashIsRight = hashIndex === undefined || /^\d{1,39}$/.test(explicitHashKey ?? '');
    if (partitionKey === undefined || data === undefined || !hashIsRight) return undefined;
    records.push({ partitionKey, explicitHashKey, data });
  }
  return records;
}

function readEntry(message: Uint8Array): Entry {
  let partitionKey: number | undefined;
  let explicitHashKey: number | undefined;
  let data: Uint8Array | undefined;
  for (const reader = new BinaryReader(message); reader.pos < reader.len; ) {
    const [field, type] = reader.tag();
    if (field === recordFields.partitionKeyIndex && type === WireType.Varint) partitionKey = Number(reader.uint64());
    else if (field === recordFields.explicitHashKeyIndex && type === WireType.Varint)
      explicitHashKey = Number(reader.uint64());
    // A copy: one record that stays in flight must not keep the memory of the whole aggregate.
    else if (field === recordFields.data && type === WireType.LengthDelimited) data = new Uint8Array(reader.bytes());
    else reader.skip(type, field);
  }
  return { partitionKey, explicitHashKey, data };
}
