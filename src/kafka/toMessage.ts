import type { Message } from 'kafkajs';
import type { OutRecord } from '../ports/recordWriter.ts';

/** Makes what the client sends of a record, without copying its bytes. */
export function toMessage({ key, value, headers }: OutRecord): Message {
  const message: Message = { key: key === null ? null : view(key), value: value === null ? null : view(value) };
  if (headers.length === 0) return message;
  const byName = new Map<string, Buffer | Buffer[]>();
  for (const [name, content] of headers) {
    const earlier = byName.get(name);
    const own = view(content);
    byName.set(name, earlier === undefined ? own : Array.isArray(earlier) ? [...earlier, own] : [earlier, own]);
  }
  return { ...message, headers: Object.fromEntries(byName) };
}

function view(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
