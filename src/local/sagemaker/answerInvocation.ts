import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { delay } from './delay.ts';
import type { EndpointRuntime } from './endpointRuntime.ts';
import type { InvokeFate } from './faultBoard.ts';
import type { Job } from './job.ts';
import { readBody } from './readBody.ts';
import { readInvocation } from './readInvocation.ts';
import { sendError } from './sendError.ts';
import { validationError, type WireError } from './wireError.ts';

/** The account every stand-in says it is. */
const ACCOUNT = '000000000000';
/** Bodies above this are read and thrown away, in bytes; the service's own limit is checked below it. */
const MAX_READ_BYTES = 6 * 1024 * 1024;

const FAULT_ERRORS = {
  internalFailure: { status: 500, code: 'InternalFailure', message: 'An internal failure occurred.' },
  serviceUnavailable: { status: 503, code: 'ServiceUnavailable', message: 'The service is currently unavailable.' },
} satisfies Partial<Record<InvokeFate, WireError>>;

/** Answers one call of InvokeEndpointAsync, faults included. `closing` ends injected waits. */
export async function answerInvocation(
  request: IncomingMessage,
  response: ServerResponse,
  name: string,
  endpoint: EndpointRuntime | undefined,
  closing: AbortSignal,
): Promise<void> {
  const body = await readBody(request, MAX_READ_BYTES);
  const signed = request.headers.authorization?.startsWith('AWS4-HMAC-SHA256 ') ?? false;
  if (!signed) {
    const message = 'Missing Authentication Token';
    return sendError(response, { status: 403, code: 'MissingAuthenticationTokenException', message });
  }
  if (body === undefined) {
    return sendError(response, { status: 413, code: 'RequestEntityTooLarge', message: 'The request is too large.' });
  }
  if (endpoint !== undefined) await delay(endpoint.faults.latencyMs(endpoint.faults.invoke.latencyMs), closing);
  const fate = endpoint?.faults.invokeFate() ?? 'accept';
  if (fate === 'throttle') {
    endpoint?.counters.add('throttled');
    const status = endpoint?.faults.invoke.throttleStatus ?? 400;
    return sendError(response, { status, code: 'ThrottlingException', message: 'Rate exceeded' });
  }
  if (fate !== 'accept' && fate !== 'resetAfterAccept' && fate !== 'lose') {
    endpoint?.counters.add('refused');
    if (fate === 'reset') return reset(request);
    return sendError(response, FAULT_ERRORS[fate]);
  }
  const invocation = readInvocation(name, request.headers, body);
  if ('code' in invocation) {
    endpoint?.counters.add('refused');
    return sendError(response, invocation);
  }
  if (endpoint === undefined) {
    return sendError(response, validationError(`Endpoint ${name} of account ${ACCOUNT} not found.`));
  }
  const job = endpoint.accept(invocation, fate === 'lose');
  if (fate === 'resetAfterAccept') return reset(request);
  sendAccepted(response, job);
}

function sendAccepted(response: ServerResponse, { inferenceId, locations }: Job): void {
  const body = JSON.stringify({ InferenceId: inferenceId });
  response.writeHead(202, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'x-amzn-requestid': randomUUID(),
    'X-Amzn-SageMaker-OutputLocation': locations.output,
    ...(locations.failure !== undefined && { 'X-Amzn-SageMaker-FailureLocation': locations.failure }),
  });
  response.end(body);
}

function reset(request: IncomingMessage): void {
  request.socket.resetAndDestroy();
}
