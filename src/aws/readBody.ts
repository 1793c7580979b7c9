import { Readable } from 'node:stream';
import { ServiceError } from '../errors/serviceError.ts';

/** Limits of {@link readBody}. */
export interface BodyLimits {
  /** For messages, like `s3.GetObject`. */
  readonly operation: string;
  readonly uri: string;
  /** As the answer's head said it. */
  readonly expectedBytes: number | undefined;
  readonly maxBytes: number;
}

/** Reads an answer's body whole. @throws ServiceError when it is longer than `maxBytes`; then nothing more of it is read. */
export function readBody(body: unknown, { operation, uri, expectedBytes, maxBytes }: BodyLimits): Promise<Uint8Array> {
  if (body === undefined) return Promise.resolve(new Uint8Array());
  if (!(body instanceof Readable)) return Promise.reject(new TypeError(`${operation}: the body is not a stream`));
  const tooLong = (bytes: number): ServiceError =>
    new ServiceError('SERVICE_REFUSED', `${operation} ${uri}: ${bytes} bytes are more than maxBytes ${maxBytes}`, {
      operation,
      serviceCode: 'TooLarge',
    });
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    body.on('error', reject);
    // Events, not an async iterator: half the CPU for the few kilobytes of a usual answer.
    body.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      chunks.push(chunk);
      if (bytes > maxBytes) body.destroy(tooLong(bytes));
    });
    body.on('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, bytes)));
    if (expectedBytes !== undefined && expectedBytes > maxBytes) body.destroy(tooLong(expectedBytes));
  });
}
