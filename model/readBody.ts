import type { IncomingMessage } from 'node:http';
import { payloadTooLarge } from './payloadTooLarge.ts';

/**
 * Reads a request's body.
 *
 * A body that is too large is read on and thrown away for a while, since a client that still writes would not see
 * the answer; three times the limit is the end of that.
 *
 * @param maxBytes - Largest body, in bytes.
 * @throws ModelRequestError with status 413 when it is larger.
 */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= maxBytes) chunks.push(chunk);
    else chunks.length = 0;
    if (bytes > 3 * maxBytes) break;
  }
  if (bytes > maxBytes) throw payloadTooLarge(Number(request.headers['content-length']) || bytes, maxBytes);
  return Buffer.concat(chunks);
}
