import type { StoredObject } from '../ports/objectStore.ts';

/** The endpoint's answer to one tile. */
export class InferenceResult {
  /** As the model wrote it. */
  readonly bytes: Uint8Array;
  /** Media type the model gave; `application/octet-stream` where it gave none. */
  readonly contentType: string;

  constructor({ bytes, contentType }: Pick<StoredObject, 'bytes' | 'contentType'>) {
    this.bytes = bytes;
    this.contentType = contentType ?? 'application/octet-stream';
  }

  text(): string {
    return Buffer.from(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength).toString('utf8');
  }

  /** @throws SyntaxError when the answer is not JSON. */
  json(): unknown {
    return JSON.parse(this.text());
  }
}
