import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { z } from 'zod';

const spans = z.array(
  z.object({
    name: z.string(),
    traceId: z.string(),
    spanId: z.string(),
    links: z.array(z.object({ traceId: z.string(), spanId: z.string() })).optional(),
  }),
);
const request = z.object({ resourceSpans: z.array(z.object({ scopeSpans: z.array(z.object({ spans })) })) });

/** A collector of OTLP/HTTP with JSON, and what it was sent. */
export interface CollectedTraces extends AsyncDisposable {
  readonly url: string;
  readonly spans: z.output<typeof spans>;
}

/** Starts a collector of traces on loopback. */
export async function collectTraces(): Promise<CollectedTraces> {
  const collected: z.output<typeof spans> = [];
  const server = createServer(async (asked, answer) => {
    const { resourceSpans } = request.parse(await json(asked));
    collected.push(...resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)));
    answer.setHeader('content-type', 'application/json').end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    spans: collected,
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
