import { type Agent, type IncomingHttpHeaders, request } from 'node:http';

/** What {@link httpCall} sends. */
export interface HttpCallOptions {
  /** Default GET. */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  /** Keeps sockets alive between calls; default: a socket per call. */
  readonly agent?: Agent;
  readonly signal?: AbortSignal;
}

/** An answer read whole. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
}

/** Calls a plain-HTTP server on this machine and reads its whole answer; rejects when the connection fails or is cut. */
export function httpCall(url: string | URL, options: HttpCallOptions = {}): Promise<HttpAnswer> {
  const { method = 'GET', headers = {}, body, agent, signal } = options;
  const length = body === undefined ? 0 : Buffer.byteLength(body);
  const sent = body === undefined && method === 'GET' ? headers : { ...headers, 'content-length': String(length) };
  return new Promise((resolve, reject) => {
    const call = request(url, { method, headers: sent, agent: agent ?? false, ...(signal && { signal }) }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () => {
        const bytes = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, bytes });
      });
    });
    call.on('error', reject);
    call.end(body);
  });
}
