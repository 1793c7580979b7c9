import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ModelServer, startModelServer } from '../../../model/startModelServer.ts';
import { startS3SqsSns } from '../../../src/local/startS3SqsSns.ts';
import { drawing, square, toPng } from '../../unit/model/drawings.ts';
import { call } from './call.ts';

describe('an image in S3', () => {
  let store: Awaited<ReturnType<typeof startS3SqsSns>>;
  let s3: S3Client;
  let server: ModelServer;
  const ask = (document: object) =>
    call(`${server.url}/invocations`, { type: 'application/json', body: JSON.stringify(document) });
  beforeAll(async () => {
    store = await startS3SqsSns({ host: '127.0.0.1', port: 0, option: 's3' }, 'us-east-1');
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    s3 = new S3Client({ endpoint: store.url, region: 'us-east-1', credentials, forcePathStyle: true });
    for (const Bucket of ['plans', 'secrets']) await s3.send(new CreateBucketCommand({ Bucket }));
    const put = (Key: string, Body: Uint8Array) => s3.send(new PutObjectCommand({ Bucket: 'plans', Key, Body }));
    await put('floor/1.png', await toPng(await drawing(square)));
    await put('notes.txt', Buffer.from('not an image'));
    await put('large.bin', Buffer.alloc(200_001));
    server = await startModelServer({
      port: 0,
      config: {},
      s3,
      buckets: ['plans', 'more'],
      limits: { maxBodyBytes: 200_000 },
    });
  });
  afterAll(async () => {
    await server.close();
    s3.destroy();
    await store.close();
  });

  it('is read and answered, with the metadata that came along', async () => {
    const { status, json } = await ask({
      bucket: 'plans',
      key: 'floor/1.png',
      metadata: { project: 'p1', floors: [1] },
    });
    expect(status).toBe(200);
    expect(json).toMatchObject({ room_count: 1, rooms: [{ area: 91204 }], metadata: { project: 'p1', floors: [1] } });
  });

  it.each([
    [{ bucket: 'secrets', key: 'k' }, 400, 'Bucket secrets is not allowed, allowed are: plans, more'],
    [{ bucket: 'plans', key: 'none.png' }, 400, 'S3 object s3://plans/none.png not found'],
    [{ bucket: 'more', key: 'none.png' }, 400, 'S3 object s3://more/none.png not found'],
    [{ bucket: 'plans', key: 'notes.txt' }, 400, 'Failed to decode image'],
    [{ bucket: 'plans', key: 'large.bin' }, 413, 'Payload is 200001 bytes, the limit is 200000 bytes'],
  ])('of %o is refused', async (document, status, error) => {
    expect(await ask(document)).toMatchObject({ status, json: { error } });
  });
});
