import type { S3Client } from '@aws-sdk/client-s3';
import type { StoredObject } from '../ports/objectStore.ts';
import type { AwsOptions } from './awsOptions.ts';
import { type DirectAnswer, DirectClient, type DirectRequest } from './directClient.ts';
import { isForSdk } from './isForSdk.ts';
import { observeRoutes, type Route } from './observeRoutes.ts';
import type { S3Place } from './parseS3Uri.ts';

/** What is common to the calls. */
interface CallFacts {
  readonly uri: string;
  readonly signal: AbortSignal | undefined;
}

/** What is put beside the bytes. */
interface PutFacts extends CallFacts {
  readonly contentType: string;
  readonly metadata: Readonly<Record<string, string>> | undefined;
}

const maxAnswerBytes = 65_536;

/**
 * GET and PUT past the SDK, for buckets whose route the SDK has shown with a call of its own. The others, and calls that only
 * the SDK can mend, are left to it.
 */
export class S3DirectCalls {
  readonly #routes = new Map<string, Route>();
  readonly #client: DirectClient;

  constructor(sdk: S3Client, options: AwsOptions) {
    this.#client = new DirectClient(sdk.config, options);
    observeRoutes(
      sdk.middlewareStack,
      (input) => ('Key' in input && typeof input.Key === 'string' ? encodeKey(input.Key) : undefined),
      (input, route) => {
        if ('Bucket' in input && typeof input.Bucket === 'string') this.#routes.set(input.Bucket, route);
      },
    );
  }

  /** Answers `undefined` where the SDK is to be asked. @throws What the SDK would throw. */
  async get(
    place: S3Place,
    { uri, signal, maxBytes }: CallFacts & { readonly maxBytes: number },
  ): Promise<StoredObject | undefined> {
    const answer = await this.#send(place, {
      operation: 's3.GetObject',
      method: 'GET',
      headers: {},
      uri,
      signal,
      maxBytes,
    });
    if (answer === undefined) return undefined;
    const { 'content-type': contentType, 'last-modified': modified } = answer.headers;
    return { bytes: answer.bytes, contentType, modifiedMs: modified === undefined ? undefined : Date.parse(modified) };
  }

  /** Answers false where the SDK is to be asked. @throws What the SDK would throw. */
  async put(place: S3Place, body: Uint8Array, { contentType, metadata = {}, ...facts }: PutFacts): Promise<boolean> {
    const meta = Object.entries(metadata).map(
      ([name, value]) => [`x-amz-meta-${name.toLowerCase()}`, value.trim()] as const,
    );
    const headers = { 'content-type': contentType, ...Object.fromEntries(meta) };
    const request = {
      operation: 's3.PutObject',
      method: 'PUT',
      headers,
      body,
      maxBytes: maxAnswerBytes,
      ...facts,
    } as const;
    return (await this.#send(place, request)) !== undefined;
  }

  close(): void {
    this.#client.close();
  }

  async #send({ bucket, key }: S3Place, request: Omit<DirectRequest, 'path'>): Promise<DirectAnswer | undefined> {
    const route = this.#routes.get(bucket);
    if (route === undefined) return undefined;
    try {
      return await this.#client.send(route, { ...request, path: `/${encodeKey(key)}` });
    } catch (error) {
      if (request.signal?.aborted || !isForSdk(error)) throw error;
      this.#routes.delete(bucket);
      return undefined;
    }
  }
}

/** Writes a key as it stands in a path: everything encoded but what RFC 3986 leaves alone, and slashes. */
function encodeKey(key: string): string {
  return encodeURIComponent(key)
    .replaceAll('%2F', '/')
    .replaceAll(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
