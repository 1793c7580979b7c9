import { diag } from '@opentelemetry/api';
import type { AwsCredentialIdentity, AwsCredentialIdentityProvider, MiddlewareStack } from '@smithy/types';
import { outdatedCredentials } from '../errors/outdatedCredentials.ts';
import { toSwathError } from '../errors/toSwathError.ts';
import { errorFacts } from './errorFacts.ts';

/** What of a client signs its requests. */
export interface SigningClient<I extends object, O extends object> {
  readonly middlewareStack: MiddlewareStack<I, O>;
  readonly config: { readonly credentials: AwsCredentialIdentityProvider };
}

/**
 * Sends a request once more with new credentials where the service said that those it was signed with have run out.
 *
 * The SDK asks a provider again only when the time comes that it was told before. A service may know better: a session was revoked, a key
 * was replaced, a clock is off. Where the provider has nothing new, the service's error stands. Such a request had no effect.
 */
export function renewCredentials<I extends object, O extends object>({
  middlewareStack: stack,
  config,
}: SigningClient<I, O>): void {
  const usedFor = new WeakMap<object, string>();
  stack.add(
    (next) => async (args) => {
      try {
        return await next(args);
      } catch (error) {
        if (error instanceof Error) usedFor.set(error, authorizationOf(args.request));
        throw error;
      }
    },
    { step: 'deserialize', priority: 'high', name: 'swathNoteCredentials' },
  );
  stack.add(
    (next) => async (args) => {
      try {
        return await next(args);
      } catch (error) {
        if (!(error instanceof Error) || !outdatedCredentials.has(errorFacts(error).name)) throw error;
        if (!(await hasOthers(config.credentials, usedFor.get(error) ?? ''))) throw error;
        return next(args);
      }
    },
    { step: 'initialize', priority: 'high', name: 'swathRenewCredentials' },
  );
}

/** Asks for credentials other than those of a request; many requests that fail at once ask the provider once. */
async function hasOthers(provider: AwsCredentialIdentityProvider, used: string): Promise<boolean> {
  const isUsed = ({ accessKeyId, sessionToken = '' }: AwsCredentialIdentity): boolean =>
    used === signedBy(accessKeyId, sessionToken);
  try {
    if (!isUsed(await provider())) return true;
    return !isUsed(await provider({ forceRefresh: true }));
  } catch (error) {
    diag.warn(`the AWS credentials ran out, and there are no new ones: ${toSwathError(error).message}`);
    return false;
  }
}

/** Who signed a request, from what came over the wire. */
function authorizationOf(request: unknown): string {
  const headers = request instanceof Object && 'headers' in request ? request.headers : undefined;
  const { authorization = '', 'x-amz-security-token': token = '' } = (headers ?? {}) as Readonly<
    Record<string, string>
  >;
  return signedBy(/Credential=([^/]*)\//.exec(authorization)?.[1] ?? '', token);
}

function signedBy(accessKeyId: string, sessionToken: string): string {
  return `${accessKeyId} ${sessionToken}`;
}
