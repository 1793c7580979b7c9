import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { sendJson } from './sendJson.ts';

const methods: Readonly<Record<string, string>> = { '/ping': 'GET', '/invocations': 'POST' };

/**
 * Answers the paths of SageMaker's container contract, and says what is wrong with others.
 *
 * @param invoke - Answers `POST /invocations`; must not fail.
 */
export function modelRoutes(
  invoke: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): RequestListener {
  return (request, response) => {
    const path = request.url?.split('?')[0] ?? '';
    const method = methods[path];
    if (path === '/invocations' && request.method === method) {
      void invoke(request, response);
      return;
    }
    request.resume(); // whatever its body is
    if (method === undefined) sendJson(response, 404, JSON.stringify({ error: `No such path: ${path}` }));
    else if (request.method === method) sendJson(response, 200, '{"status":"healthy"}');
    else
      sendJson(response, 405, JSON.stringify({ error: `${path} takes ${method}, not ${request.method}` }), {
        allow: method,
      });
  };
}
