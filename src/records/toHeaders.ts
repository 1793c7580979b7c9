import type { OutRecord } from '../ports/recordWriter.ts';

/** Lays named texts into headers as UTF-8; absent ones are left out. */
export function toHeaders(texts: Readonly<Record<string, string | undefined>>): OutRecord['headers'] {
  const headers: [string, Uint8Array][] = [];
  for (const name in texts) {
    const text = texts[name];
    if (text !== undefined) headers.push([name, Buffer.from(text)]);
  }
  return headers;
}
