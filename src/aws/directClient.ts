import { hash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { SignatureV4 } from '@smithy/signature-v4';
import type { AwsCredentialIdentityProvider, ChecksumConstructor, HashConstructor } from '@smithy/types';
import { Agent } from 'undici';
import { answerError } from './answerError.ts';
import { awsCalls } from './awsCalls.ts';
import type { AwsOptions } from './awsOptions.ts';
import { classifyError } from './classifyError.ts';
import { clientLimits } from './clientConfig.ts';
import { errorFacts } from './errorFacts.ts';
import type { Route } from './observeRoutes.ts';
import { readBody } from './readBody.ts';

/** What a {@link DirectClient} takes from an SDK client: who signs, and by which clock. */
export interface SdkConfig {
  readonly credentials: AwsCredentialIdentityProvider;
  readonly sha256: ChecksumConstructor | HashConstructor;
  /** What the SDK found the clock to be off, in milliseconds. */
  readonly systemClockOffset: number;
}

/** One request. */
export interface DirectRequest {
  /** Service and operation, like `s3.GetObject`. */
  readonly operation: string;
  readonly method: 'GET' | 'PUT' | 'POST';
  /** Path below the route, encoded; begins with a slash. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | undefined;
  readonly signal?: AbortSignal | undefined;
  /** True when it must not be sent again while nobody knows whether it took effect; default false. */
  readonly once?: boolean | undefined;
  /** What it is about, for messages. */
  readonly uri: string;
  readonly maxBytes: number;
}

/** An answer of success. */
export interface DirectAnswer {
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Uint8Array;
}

const nothing = hash('sha256', '');
const maxErrorBytes = 65_536;
const retryCeilingMs = { SERVICE_THROTTLED: 500, SERVICE_UNAVAILABLE: 100 } as const;

/**
 * Sends the requests that a tile needs most, at a fraction of the CPU that the SDK takes for them.
 *
 * The SDK's client says where they go and whose credentials sign them, the SDK's signer signs them; attempts are counted,
 * observed and repeated as the SDK does.
 */
export class DirectClient {
  readonly #config: SdkConfig;
  readonly #agent: Agent;
  readonly #calls;
  readonly #onAttempt;
  readonly #signers = new Map<string, SignatureV4>();

  readonly #sendingMs: number;

  constructor(config: SdkConfig, { concurrency = 50, timeoutMs, calls = awsCalls, onAttempt }: AwsOptions) {
    const { connectionTimeoutMs, socketTimeoutMs } = clientLimits;
    const silentMs = timeoutMs ?? socketTimeoutMs;
    this.#config = config;
    this.#sendingMs = Math.max(silentMs, socketTimeoutMs);
    this.#calls = calls;
    this.#onAttempt = onAttempt;
    this.#agent = new Agent({
      connections: concurrency,
      pipelining: 1,
      connect: { timeout: Math.min(silentMs, connectionTimeoutMs) },
      headersTimeout: silentMs,
      bodyTimeout: silentMs, // between two pieces, however long the whole takes
    });
  }

  /** @throws What the SDK would throw, for answers that are not of success. */
  async send(route: Route, request: DirectRequest): Promise<DirectAnswer> {
    const { operation, signal, once = false } = request;
    for (let attempt = 1; ; attempt++) {
      this.#calls.add(operation);
      try {
        const answer = await this.#attempt(route, request);
        this.#onAttempt?.({ operation, outcome: 'answered' });
        return answer;
      } catch (error) {
        const code = classifyError(errorFacts(error));
        this.#onAttempt?.({ operation, outcome: code === 'SERVICE_THROTTLED' ? 'throttled' : 'failed' });
        if (signal?.aborted || attempt >= clientLimits.maxAttempts) throw error;
        if (code !== 'SERVICE_THROTTLED' && (once || code !== 'SERVICE_UNAVAILABLE')) throw error;
        await sleep(Math.random() * retryCeilingMs[code], undefined, signal === undefined ? {} : { signal });
      }
    }
  }

  close(): void {
    void this.#agent.destroy();
  }

  async #attempt(route: Route, request: DirectRequest): Promise<DirectAnswer> {
    const { method, body, signal, operation, uri, maxBytes } = request;
    const path = `${route.basePath}${request.path}`;
    const headers = await this.#sign(route, path, request);
    const answer = await this.#agent.request({
      origin: route.origin,
      path,
      method,
      headers,
      // The client's clock runs while a body is sent, too, although the connection is not silent then.
      ...(body === undefined ? {} : { body, headersTimeout: this.#sendingMs }),
      ...(signal === undefined ? {} : { signal }),
    });
    const { statusCode, headers: said } = answer;
    const expectedBytes = said['content-length'] === undefined ? undefined : Number(said['content-length']);
    if (statusCode >= 200 && statusCode < 300) {
      return { headers: said, bytes: await readBody(answer.body, { operation, uri, expectedBytes, maxBytes }) };
    }
    const text = await readBody(answer.body, { operation, uri, expectedBytes, maxBytes: maxErrorBytes });
    throw answerError(statusCode, said, Buffer.from(text).toString());
  }

  async #sign(route: Route, path: string, { method, headers, body }: DirectRequest): Promise<Record<string, string>> {
    const { signingRegion: region, signingService: service, origin, host } = route;
    const name = `${service}/${region}`;
    const { credentials, sha256, systemClockOffset } = this.#config;
    let signer = this.#signers.get(name);
    if (signer === undefined) {
      // S3 signs a path as it is sent, the other services encode it once more.
      signer = new SignatureV4({
        credentials,
        region,
        service,
        sha256,
        uriEscapePath: service !== 's3',
        applyChecksum: true,
      });
      this.#signers.set(name, signer);
    }
    const payload = body === undefined || body.length === 0 ? nothing : hash('sha256', body);
    const signed = await signer.sign(
      {
        method,
        protocol: origin.slice(0, origin.indexOf('/')),
        hostname: host,
        path,
        headers: { ...headers, host, 'x-amz-content-sha256': payload, 'user-agent': 'swath' },
      },
      { signingDate: new Date(Date.now() + systemClockOffset) },
    );
    return signed.headers;
  }
}
