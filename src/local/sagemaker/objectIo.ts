import { Agent } from 'node:http';
import { httpCall } from '../httpCall.ts';
import { s3Location } from './s3Location.ts';

/** An object with the type it was stored with. */
export interface TypedBytes {
  readonly bytes: Uint8Array;
  readonly contentType: string;
}

/** How the endpoint reads its inputs and leaves its outcomes. */
export interface ObjectIo {
  /** @throws Error that says why the object cannot be read. */
  get(uri: string, signal: AbortSignal): Promise<TypedBytes>;
  /** @throws Error that says why the object cannot be written. */
  put(uri: string, object: TypedBytes): Promise<void>;
  close(): void;
}

/** Sockets to S3 kept open at once; more calls than that wait. */
const MAX_SOCKETS = 128;

/** Reads and writes S3 objects with plain, unsigned HTTP, which every S3 stand-in takes. */
export function objectIo(s3EndpointUrl: string): ObjectIo {
  const agent = new Agent({ keepAlive: true, maxSockets: MAX_SOCKETS });
  const urlOf = (uri: string): string => {
    const place = s3Location(uri);
    if (place === undefined) throw new Error(`${uri} is not the URI of an S3 object`);
    return `${s3EndpointUrl}/${place.bucket}/${place.key.split('/').map(encodeURIComponent).join('/')}`;
  };
  return {
    async get(uri, signal) {
      const { status, headers, bytes } = await httpCall(urlOf(uri), { agent, signal });
      if (status !== 200) throw new Error(`S3 answered ${status} to reading ${uri}`);
      return { bytes, contentType: headers['content-type'] ?? 'application/octet-stream' };
    },
    async put(uri, { bytes, contentType }) {
      const headers = { 'content-type': contentType };
      const { status } = await httpCall(urlOf(uri), { method: 'PUT', headers, body: bytes, agent });
      if (status !== 200) throw new Error(`S3 answered ${status} to writing ${uri}`);
    },
    close: () => agent.destroy(),
  };
}
