import type { RequestListener, Server } from 'node:http';

/**
 * Keeps an old handler from taking the process down: kinesalite and dynalite rethrow the error of a request whose client
 * went away in the middle of its body, which nobody can catch.
 */
export function guardRequests(server: Server): Server {
  const handlers = server.listeners('request') as RequestListener[];
  server.removeAllListeners('request');
  server.on('request', (request, response) => {
    for (const handle of handlers) handle(request, response);
    request.removeAllListeners('error');
    request.on('error', () => response.destroy());
    response.on('error', () => response.destroy());
  });
  return server;
}
