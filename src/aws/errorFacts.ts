import { messageOf } from '../errors/messageOf.ts';

/** What an SDK error says, read without trusting its shape. */
export interface ErrorFacts {
  /** The service's error name, or the system's, like `AccessDenied` or `ECONNRESET`. */
  readonly name: string;
  readonly message: string;
  readonly httpStatus: number | undefined;
  readonly requestId: string | undefined;
}

/** Reads the facts out of whatever the SDK threw. */
export function errorFacts(error: unknown): ErrorFacts {
  if (!(error instanceof Error))
    return { name: 'Unknown', message: messageOf(error), httpStatus: undefined, requestId: undefined };
  const metadata = '$metadata' in error ? error.$metadata : undefined;
  const fact = (name: string): unknown =>
    typeof metadata === 'object' && metadata !== null ? (metadata as Record<string, unknown>)[name] : undefined;
  const status = fact('httpStatusCode');
  const requestId = fact('requestId');
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const unnamed = ['Error', 'AggregateError', 'TypeError'].includes(error.name) || code?.startsWith('UND_ERR_');
  return {
    name: unnamed && code !== undefined ? code : error.name,
    message: error.message || code || error.name,
    httpStatus: typeof status === 'number' ? status : undefined,
    requestId: typeof requestId === 'string' ? requestId : undefined,
  };
}
