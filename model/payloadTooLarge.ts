import { ModelRequestError } from './modelRequestError.ts';

/** The answer to a body or an S3 object of more bytes than the limit. */
export function payloadTooLarge(bytes: number, maxBytes: number): ModelRequestError {
  return new ModelRequestError(413, `Payload is ${bytes} bytes, the limit is ${maxBytes} bytes`);
}
