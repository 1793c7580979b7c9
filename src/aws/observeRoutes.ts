import { type HandlerExecutionContext, type MiddlewareStack, SMITHY_CONTEXT_KEY } from '@smithy/types';
import { errorFacts } from './errorFacts.ts';

/** Where and how requests of a client go, as the SDK resolved it from region, endpoint settings and bucket. */
export interface Route {
  /** Scheme, host and port. */
  readonly origin: string;
  readonly host: string;
  /** Stands before the path of a request; ends without a slash. */
  readonly basePath: string;
  readonly signingRegion: string;
  readonly signingService: string;
}

/** The request as the SDK is about to sign it. */
interface PlannedRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
}

/**
 * Learns from the SDK's own requests where such requests go, once one of them was answered as a rightful one.
 *
 * @param lastPart - The end of the path of a request with this input, which is not part of the route; `undefined` where nothing
 * is to be learnt from it.
 * @param learnt - Gets the route; never called where requests are not signed the usual way, so that only the SDK can send them.
 */
export function observeRoutes<I extends object, O extends object>(
  stack: MiddlewareStack<I, O>,
  lastPart: (input: I) => string | undefined,
  learnt: (input: I, route: Route) => void,
): void {
  stack.add(
    (next, context) => async (args) => {
      const end = lastPart(args.input);
      const route = end !== undefined && isPlanned(args.request) ? toRoute(args.request, end, context) : undefined;
      try {
        const answer = await next(args);
        if (route !== undefined) learnt(args.input, route);
        return answer;
      } catch (error) {
        if (route !== undefined && errorFacts(error).httpStatus === 404) learnt(args.input, route);
        throw error;
      }
    },
    { step: 'finalizeRequest', priority: 'high', name: 'swathObserveRoutes' },
  );
}

function isPlanned(request: unknown): request is PlannedRequest {
  return request instanceof Object && 'hostname' in request && 'path' in request && 'protocol' in request;
}

function toRoute(
  { protocol, hostname, port, path }: PlannedRequest,
  end: string,
  context: HandlerExecutionContext,
): Route | undefined {
  const scheme = context[SMITHY_CONTEXT_KEY]?.['selectedHttpAuthScheme'];
  const option = scheme instanceof Object && 'httpAuthOption' in scheme ? scheme.httpAuthOption : undefined;
  const { schemeId, signingProperties = {} } = (option ?? {}) as {
    readonly schemeId?: string;
    readonly signingProperties?: Readonly<Record<string, unknown>>;
  };
  const { signingRegion = signingProperties['region'], signingName = signingProperties['name'] } =
    signingProperties as {
      readonly signingRegion?: unknown;
      readonly signingName?: unknown;
    };
  const usual = schemeId === 'aws.auth#sigv4' && (signingName === 's3' || signingName === 'sagemaker');
  if (!usual || typeof signingRegion !== 'string' || typeof signingName !== 'string' || !path.endsWith(end))
    return undefined;
  const host = port === undefined ? hostname : `${hostname}:${port}`;
  const basePath = path.slice(0, path.length - end.length).replace(/\/$/, '');
  return { origin: `${protocol}//${host}`, host, basePath, signingRegion, signingService: signingName };
}
