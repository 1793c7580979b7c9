import {
  Agent,
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../../src/local/seededRandom.ts';

/** A request on its way through a {@link FaultProxy}. */
export interface ProxiedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

/** What a {@link FaultProxy} does to requests. */
export interface ProxyFault {
  /**
   * `delay` waits, then forwards, whether or not anybody still listens. `reset` cuts the connection before anything is forwarded.
   * `hang` forwards nothing and never answers. `answer` answers itself. `dropAnswer` forwards, lets it take effect, and cuts the
   * connection instead of answering. `stall` sends head and half of the answer's body, and then nothing; `cut` ends the connection
   * there; `trickle` sends the body in ten pieces, one every `delayMs`.
   */
  readonly kind: 'delay' | 'reset' | 'hang' | 'answer' | 'dropAnswer' | 'stall' | 'cut' | 'trickle';
  /** Default every request. */
  readonly when?: (request: ProxiedRequest) => boolean;
  /** Share of the requests that match, default 1. */
  readonly probability?: number;
  /** How often it strikes, default for ever. */
  readonly times?: number;
  /** For `delay` and `trickle`. */
  readonly delayMs?: number;
  /** For `answer`, default 503. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A function makes it of the body of the request. */
  readonly body?: string | ((asked: Buffer) => string);
}

/** An HTTP proxy that breaks what passes through it. */
export interface FaultProxy extends AsyncDisposable {
  readonly url: string;
  /** Adds a fault, tried after those added before; answers how to remove it. */
  inject(fault: ProxyFault): () => void;
  clear(): void;
  readonly counts: { readonly forwarded: number; readonly struck: number };
  close(): Promise<void>;
}

/** The answer of S3 to too many requests. */
export const slowDown: ProxyFault = {
  kind: 'answer',
  status: 503,
  headers: { 'content-type': 'application/xml' },
  body: '<?xml version="1.0" encoding="UTF-8"?><Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>',
};

/** The answer of Kinesis and DynamoDB to too many requests. */
export const throughputExceeded: ProxyFault = {
  kind: 'answer',
  status: 400,
  headers: { 'content-type': 'application/x-amz-json-1.1' },
  body: '{"__type":"ProvisionedThroughputExceededException","message":"Rate exceeded"}',
};

/** The answer of Kinesis to a write none of whose records it takes. */
export const noneTaken: ProxyFault = {
  kind: 'answer',
  status: 200,
  headers: { 'content-type': 'application/x-amz-json-1.1' },
  when: ({ headers }) => headers['x-amz-target'] === 'Kinesis_20131202.PutRecords',
  body(asked) {
    const { Records } = JSON.parse(asked.toString()) as { readonly Records: readonly unknown[] };
    const refused = { ErrorCode: 'ProvisionedThroughputExceededException', ErrorMessage: 'Rate exceeded' };
    return JSON.stringify({ FailedRecordCount: Records.length, Records: Records.map(() => refused) });
  },
};

/** Starts a proxy on loopback in front of a plain-HTTP server. */
export async function startFaultProxy({ target, seed = 1 }: { target: string; seed?: number }): Promise<FaultProxy> {
  const random = seededRandom(seed);
  const agent = new Agent({ keepAlive: true });
  const faults = new Set<{ readonly fault: ProxyFault; left: number }>();
  const counts = { forwarded: 0, struck: 0 };

  const pick = (seen: ProxiedRequest): ProxyFault | undefined => {
    for (const entry of faults) {
      const { fault } = entry;
      if (entry.left < 1 || !(fault.when?.(seen) ?? true) || random() >= (fault.probability ?? 1)) continue;
      entry.left -= 1;
      counts.struck += 1;
      return fault;
    }
    return undefined;
  };

  const forward = (incoming: IncomingMessage, response: ServerResponse, body: Buffer, fault?: ProxyFault): void => {
    counts.forwarded += 1;
    const { method, url, headers } = incoming;
    const sent = { ...headers, 'content-length': String(body.byteLength) };
    Reflect.deleteProperty(sent, 'transfer-encoding');
    const call = request(new URL(url ?? '/', target), { ...(method && { method }), headers: sent, agent }, (answer) => {
      if (fault?.kind === 'dropAnswer') {
        answer.resume().on('end', () => incoming.socket.resetAndDestroy());
        return;
      }
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      if (fault?.kind === 'stall' || fault?.kind === 'cut' || fault?.kind === 'trickle')
        void sendBroken(answer, response, fault);
      else answer.pipe(response);
    });
    call.on('error', () => incoming.socket.resetAndDestroy());
    call.end(body);
  };

  const server = createServer((incoming, response) => {
    const { method = 'GET', url: path = '/', headers } = incoming;
    const fault = pick({ method, path, headers });
    if (fault?.kind === 'reset') {
      incoming.socket.resetAndDestroy();
      return;
    }
    const chunks: Buffer[] = [];
    incoming.on('error', () => undefined);
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const body = Buffer.concat(chunks);
      if (fault?.kind === 'hang') return;
      if (fault?.kind === 'answer') {
        const { status = 503, headers, body: answer } = fault;
        response.writeHead(status, headers).end(typeof answer === 'function' ? answer(body) : answer);
      } else if (fault?.kind === 'delay') setTimeout(() => forward(incoming, response, body), fault.delayMs ?? 0);
      else forward(incoming, response, body, fault);
    });
  });
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = async (): Promise<void> => {
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
    agent.destroy();
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    inject: (fault) => {
      const entry = { fault, left: fault.times ?? Number.POSITIVE_INFINITY };
      faults.add(entry);
      return () => faults.delete(entry);
    },
    clear: () => faults.clear(),
    counts,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Sends a body as `stall`, `cut` and `trickle` say; its head is gone already. */
async function sendBroken(
  answer: IncomingMessage,
  response: ServerResponse,
  { kind, delayMs }: ProxyFault,
): Promise<void> {
  const body = Buffer.concat(await answer.toArray());
  const pieces = kind === 'trickle' ? 10 : 2;
  const bytes = Math.ceil(body.length / pieces);
  for (let at = 0; at < body.length; at += bytes) {
    await new Promise((resolve) => response.write(body.subarray(at, at + bytes), resolve));
    if (kind === 'stall') return;
    if (kind === 'cut') return void response.socket?.end();
    await sleep(delayMs);
  }
  response.end();
}
