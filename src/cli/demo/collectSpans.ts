import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** A receiver of spans that runs for a while. */
export interface SpanCollector extends AsyncDisposable {
  /** Where OTLP/HTTP exporters send spans: the value of `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`. */
  readonly url: string;
  /** What came so far as OTLP/JSON, a line per export. */
  readonly lines: readonly string[];
}

/** Options of {@link collectSpans}. */
export interface CollectOptions {
  /** Where every export is sent on to, with its headers; default nowhere. */
  readonly forwardTo?: string | undefined;
  /** Told, once, when sending on fails. */
  readonly warn: (message: string) => void;
}

const forwardTimeoutMs = 5_000;

/** Receives spans over OTLP/HTTP in JSON on loopback, keeps them, and sends them on. */
export async function collectSpans({ forwardTo, warn }: CollectOptions): Promise<SpanCollector> {
  const lines: string[] = [];
  const forwarded = new Set<Promise<void>>();
  let complained = false;
  const forward = async (body: Buffer, headers: Headers): Promise<void> => {
    if (forwardTo === undefined) return;
    const signal = AbortSignal.timeout(forwardTimeoutMs);
    const problem = await fetch(forwardTo, { method: 'POST', headers, body: new Uint8Array(body), signal }).then(
      ({ ok, status }) => (ok ? undefined : `HTTP ${status}`),
      (error: Error) => (error.cause instanceof Error ? error.cause : error).message,
    );
    if (problem !== undefined && !complained) warn(`the model's spans were not exported: ${problem}`);
    complained ||= problem !== undefined;
  };
  const server = createServer((request, response) => {
    buffer(request)
      .then((body) => {
        lines.push(JSON.stringify(JSON.parse(body.toString('utf8'))));
        const sent = forward(body, headersOf(request)).finally(() => forwarded.delete(sent));
        forwarded.add(sent);
        response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      })
      .catch(() => response.writeHead(400).end());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1/traces`,
    lines,
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
      await Promise.all(forwarded);
    },
  };
}

/** The exporter's own headers, a user's token among them, without those of the connection. */
function headersOf({ headersDistinct }: IncomingMessage): Headers {
  const own = new Headers();
  for (const [name, values = []] of Object.entries(headersDistinct)) {
    if (['host', 'connection', 'content-length', 'transfer-encoding', 'keep-alive', 'expect'].includes(name)) continue;
    for (const value of values) own.append(name, value);
  }
  return own;
}
