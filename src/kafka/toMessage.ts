import type { IHeaders, Message } from 'kafkajs';
import type { OutRecord } from '../ports/recordWriter.ts';

/** Makes what the client sends of a record, without copying its bytes. */
export function toMessage({ key, value, headers }: OutRecord): Message {
  const message: Message = { key: key === null ? null : view(key), value: value === null ? null : view(value) };
  if (headers.length > 0) message.headers = byName(headers);
  return message;
}

function byName(headers: OutRecord['headers']): IHeaders {
  const named: Record<string, Buffer | Buffer[]> = {};
  for (const [name, content] of headers) {
    const own = view(content);
    if (!Object.hasOwn(named, name)) {
      if (name === '__proto__') Object.defineProperty(named, name, { value: own, enumerable: true, writable: true });
      else named[name] = own;
    } else {
      const earlier = named[name] as Buffer | Buffer[];
      if (Array.isArray(earlier)) earlier.push(own);
      else named[name] = [earlier, own];
    }
  }
  return named;
}

function view(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
