import type { ListenOptions } from './listenLocally.ts';
import type { LocalServer } from './localServer.ts';
import { portError } from './portError.ts';

/** Size of the largest body taken, in bytes: the largest payload of an asynchronous endpoint. */
const MAX_BODY_BYTES = 1024 * 1024 * 1024;

/** S3 wants bucket names of at least 3 characters; examples like to be shorter, so the stand-in keeps these under longer ones. */
const MIN_BUCKET_NAME = 3;

/**
 * Starts S3, SQS and SNS in memory, one server for the three (fauxqs).
 *
 * Built from its parts, because its own start function listens on all interfaces and takes no body above 11 MiB.
 */
export async function startS3SqsSns(listen: ListenOptions, region: string): Promise<LocalServer> {
  const { buildApp } = await import('fauxqs');
  const app = buildApp({ logger: false, defaultRegion: region });
  app.removeContentTypeParser('*');
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MAX_BODY_BYTES }, (_request, body, done) =>
    done(null, body),
  );
  app.addHook('onRequest', async ({ params }) => {
    if (isNamed(params) && params.bucket.length < MIN_BUCKET_NAME) params.bucket = `${params.bucket}-short`;
  });
  try {
    const url = await app.listen({ host: listen.host, port: listen.port });
    return { url, close: () => app.close() };
  } catch (error) {
    await app.close();
    throw portError(listen.option, listen.port, error);
  }
}

function isNamed(params: unknown): params is { bucket: string } {
  return typeof params === 'object' && params !== null && 'bucket' in params && typeof params.bucket === 'string';
}
