import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { CallOptions, ObjectStore } from '../ports/objectStore.ts';
import type { AwsOptions } from './awsOptions.ts';
import { clientConfig } from './clientConfig.ts';
import { errorFacts } from './errorFacts.ts';
import { parseS3Uri, type S3Place } from './parseS3Uri.ts';
import { prepareClient } from './prepareClient.ts';
import { readBody } from './readBody.ts';
import { S3DirectCalls } from './s3DirectCalls.ts';
import { s3Error } from './s3Error.ts';

/** Options of {@link s3ObjectStore}. */
export interface S3ObjectStoreOptions extends AwsOptions {
  /**
   * Puts the bucket into the path; default true when an endpoint URL is given (`endpoint`, `AWS_ENDPOINT_URL_S3`,
   * `AWS_ENDPOINT_URL`).
   */
  readonly forcePathStyle?: boolean | undefined;
  /** Size of the largest object that is read, in bytes; default 104857600 (100 MiB). */
  readonly maxBytes?: number | undefined;
  /** Sends what tiles need most past the SDK, at a fraction of its CPU; default true. */
  readonly direct?: boolean | undefined;
}

/**
 * S3 answers within a second or two. A connection that is silent for so long is dead, and the next attempt takes another one: both
 * together take less than the last look for a result may.
 */
const silentMs = 10_000;

/** Opens Amazon S3, or what speaks its protocol, as an object store. */
export function s3ObjectStore(given: S3ObjectStoreOptions = {}): ObjectStore {
  const options = { ...given, timeoutMs: given.timeoutMs ?? silentMs };
  const { endpoint = process.env['AWS_ENDPOINT_URL_S3'] ?? process.env['AWS_ENDPOINT_URL'], maxBytes = 104_857_600 } =
    options;
  const client = new S3Client({
    ...clientConfig(options, 'S3'),
    forcePathStyle: options.forcePathStyle ?? Boolean(endpoint),
    // Checksums that S3 does not ask for cost CPU, and other stores refuse the trailers they travel in.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  prepareClient(client, 's3', options);
  const direct = options.direct === false ? undefined : new S3DirectCalls(client, options);

  return {
    async put(uri, bytes, { contentType, metadata, signal }) {
      const put = async (place: S3Place): Promise<void> => {
        if (await direct?.put(place, bytes, { contentType, metadata, signal, uri })) return;
        const input = {
          ...at(place),
          Body: bytes,
          ContentType: contentType,
          ...(metadata && { Metadata: { ...metadata } }),
        };
        await client.send(new PutObjectCommand(input), cancel(signal));
      };
      await call('PutObject', uri, signal, put);
    },
    get(uri, { signal } = {}) {
      return call('GetObject', uri, signal, async (place) => {
        const object = await direct?.get(place, { signal, uri, maxBytes });
        if (object !== undefined) return object;
        const answer = await client.send(new GetObjectCommand(at(place)), cancel(signal));
        const expectedBytes = answer.ContentLength;
        const bytes = await readBody(answer.Body, { operation: 's3.GetObject', uri, expectedBytes, maxBytes });
        return { bytes, contentType: answer.ContentType, modifiedMs: answer.LastModified?.getTime() };
      });
    },
    head(uri, { signal } = {}) {
      return call('HeadObject', uri, signal, async (place) => {
        const answer = await client.send(new HeadObjectCommand(at(place)), cancel(signal));
        return { bytes: answer.ContentLength ?? 0, contentType: answer.ContentType };
      });
    },
    async delete(uri, { signal } = {}) {
      await call('DeleteObject', uri, signal, (place) =>
        client.send(new DeleteObjectCommand(at(place)), cancel(signal)),
      );
    },
    close() {
      direct?.close();
      client.destroy();
    },
  };
}

function at({ bucket, key }: S3Place): { Bucket: string; Key: string } {
  return { Bucket: bucket, Key: key };
}

function cancel(signal: CallOptions['signal']): { abortSignal?: AbortSignal } {
  return signal === undefined ? {} : { abortSignal: signal };
}

/** Runs one call; answers `undefined` where there is no object. */
async function call<R>(
  operation: string,
  uri: string,
  signal: AbortSignal | undefined,
  run: (place: S3Place) => Promise<R>,
): Promise<R | undefined> {
  const place = parseS3Uri(uri);
  try {
    return await run(place);
  } catch (error) {
    signal?.throwIfAborted();
    const { name, httpStatus } = errorFacts(error);
    if (httpStatus === 404 && name !== 'NoSuchBucket' && operation !== 'PutObject') return undefined;
    throw s3Error(error, operation, place);
  }
}
