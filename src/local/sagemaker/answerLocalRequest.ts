import type { IncomingMessage, ServerResponse } from 'node:http';
import { ConfigurationError } from '../../errors/configurationError.ts';
import type { LocalSagemaker } from './localSagemaker.ts';
import { readBody } from './readBody.ts';
import type { SagemakerFaults } from './sagemakerFaults.ts';

const MAX_BODY_BYTES = 64 * 1024;

/**
 * Answers what the real service does not have, for whoever runs the stand-in in another process:
 * `GET /local/stats` and `PUT /local/faults`, both with `?endpoint=NAME` or for all. False when the request is neither.
 */
export async function answerLocalRequest(
  request: IncomingMessage,
  response: ServerResponse,
  sagemaker: LocalSagemaker,
): Promise<boolean> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://local');
  const endpoint = searchParams.get('endpoint') ?? undefined;
  try {
    if (request.method === 'GET' && pathname === '/local/stats') {
      send(response, 200, sagemaker.stats(endpoint));
      return true;
    }
    if (request.method === 'PUT' && pathname === '/local/faults') {
      const body = await readBody(request, MAX_BODY_BYTES);
      sagemaker.faults.set(JSON.parse(body?.toString() ?? '') as SagemakerFaults, endpoint);
      send(response, 200, {});
      return true;
    }
  } catch (error) {
    if (!(error instanceof ConfigurationError || error instanceof SyntaxError)) throw error;
    send(response, 400, { message: error.message });
    return true;
  }
  return false;
}

function send(response: ServerResponse, status: number, value: object): void {
  const body = JSON.stringify(value, (_key, member: unknown) =>
    member instanceof Map ? Object.fromEntries(member) : member,
  );
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
