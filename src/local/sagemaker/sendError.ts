import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { WireError } from './wireError.ts';

/** Sends an error in the shape of the service's REST-JSON protocol. */
export function sendError(response: ServerResponse, { status, code, message }: WireError): void {
  // Throttling is not in the service's model; its generic errors spell the member in lower case.
  const body = JSON.stringify(code === 'ThrottlingException' ? { message } : { Message: message });
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'x-amzn-requestid': randomUUID(),
    'x-amzn-errortype': code,
  });
  response.end(body);
}
