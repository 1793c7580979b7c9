import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConfigurationError } from '../../errors/configurationError.ts';
import { messageOf } from '../../errors/messageOf.ts';
import type { ListenAddress } from '../optionReaders.ts';

/** Answers a page. */
export type Page = () => Promise<PageAnswer> | PageAnswer;

/** What a page says. */
export interface PageAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** A small server; it ends with the process, or when it is disposed of. */
export interface HttpPages extends AsyncDisposable {
  readonly url: string;
}

/**
 * Serves pages by their path, for GET and HEAD.
 *
 * @throws ConfigurationError when it cannot listen there.
 */
export async function startHttp(
  { host, port }: ListenAddress,
  pages: Readonly<Record<string, Page>>,
): Promise<HttpPages> {
  const server = createServer((request, response) => {
    void answer(request, response, pages);
  });
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
    const rule = code === 'EADDRINUSE' ? 'is in use' : `cannot be listened at (${code})`;
    throw new ConfigurationError([{ field: '--http', rule, value: `${host}:${port}` }], { cause });
  }
  server.unref();
  const { port: own } = server.address() as AddressInfo;
  const name = host.includes(':') ? `[${host}]` : host;
  return {
    url: `http://${name}:${own}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

async function answer(
  { method, url = '/' }: IncomingMessage,
  response: ServerResponse,
  pages: Readonly<Record<string, Page>>,
): Promise<void> {
  const path = url.split('?', 1)[0] ?? '/';
  const page = Object.hasOwn(pages, path) ? pages[path] : undefined;
  const { status, contentType, body } =
    page === undefined
      ? json(404, { error: 'there is no such page', pages: Object.keys(pages) })
      : method === 'GET' || method === 'HEAD'
        ? await Promise.resolve(page()).catch((error: unknown) => json(500, { error: messageOf(error) }))
        : json(405, { error: 'only GET and HEAD' });
  const headers = {
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  };
  response.writeHead(status, headers).end(method === 'HEAD' ? undefined : body);
}

function json(status: number, value: unknown): PageAnswer {
  return { status, contentType: 'application/json', body: `${JSON.stringify(value)}\n` };
}
