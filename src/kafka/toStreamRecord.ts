import type { IHeaders, KafkaMessage } from 'kafkajs';
import type { ReadRecord } from '../ports/recordReader.ts';
import type { StreamRecord } from '../tile/streamRecord.ts';

/** Makes a record of what the client fetched. Slots are offsets. */
export function toStreamRecord(message: KafkaMessage): ReadRecord<StreamRecord> {
  const headers = toHeaders(message.headers);
  const key = message.key === null ? null : owned(message.key);
  const value = message.value === null ? null : owned(message.value);
  let bytes = (key?.byteLength ?? 0) + (value?.byteLength ?? 0);
  for (const [name, content] of headers) bytes += name.length + content.byteLength;
  const record = { key, value, headers, timestampMs: Number(message.timestamp) };
  return { position: message.offset, slot: Number(message.offset), bytes, value: record };
}

function toHeaders(headers: IHeaders | undefined): StreamRecord['headers'] {
  if (headers === undefined) return [];
  const pairs: [string, Uint8Array][] = [];
  for (const [name, content] of Object.entries(headers)) {
    for (const one of Array.isArray(content) ? content : [content])
      if (!isInherited(one)) pairs.push([name, Buffer.from(one ?? '')]);
  }
  return pairs;
}

/** True for what kafkajs's own decoder puts before a header named as a member of every object is: that member. */
function isInherited(content: unknown): boolean {
  return (
    typeof content === 'function' || (typeof content === 'object' && content !== null && !Buffer.isBuffer(content))
  );
}

/** Copies what would keep a whole fetch of megabytes alive for the sake of one record. */
function owned(bytes: Buffer): Uint8Array {
  return bytes.byteLength * 2 >= bytes.buffer.byteLength ? bytes : Buffer.from(bytes);
}
