import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request that a {@link ContainerServer} was sent. */
export interface SeenRequest {
  readonly line: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A model container over HTTP whose answers the test decides. */
export interface ContainerServer {
  readonly url: string;
  readonly seen: readonly SeenRequest[];
  /** Status of /ping. */
  health: number;
  answer: (response: ServerResponse) => void;
  close(): Promise<void>;
}

/** Starts a {@link ContainerServer}. */
export async function startContainerServer(): Promise<ContainerServer> {
  const seen: SeenRequest[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    seen.push({ line: `${request.method} ${request.url}`, headers: request.headers, body });
    if (request.url === '/ping') response.writeHead(container.health).end();
    else container.answer(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const container: ContainerServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    health: 200,
    answer: (response) =>
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 2 }).end('{}'),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return container;
}
