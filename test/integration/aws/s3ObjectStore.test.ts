import { hash } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Attempt } from '../../../src/aws/awsOptions.ts';
import { CallCounter } from '../../../src/aws/callCounter.ts';
import { s3ObjectStore } from '../../../src/aws/s3ObjectStore.ts';
import type { LocalServices } from '../../../src/local/localServices.ts';
import { startLocalServices } from '../../../src/local/startLocalServices.ts';
import { objectStoreContract } from '../../support/contracts/objectStoreContract.ts';

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

for (const direct of [true, false]) {
  objectStoreContract(`s3ObjectStore ${direct ? 'past' : 'through'} the SDK`, async () => {
    const services = await startLocalServices({ services: ['s3'], buckets: ['tiles'] });
    const endpoint = services.endpoints['AWS_ENDPOINT_URL_S3'];
    const store = s3ObjectStore({ region: 'us-east-1', endpoint, credentials, maxBytes: 200_000, direct });
    await store.get('s3://tiles/nothing'); // shows the way
    return { store, bucket: 'tiles', maxBytes: 200_000, close: () => services.close() };
  });
}

describe('s3ObjectStore', () => {
  let services: LocalServices;
  beforeAll(async () => {
    services = await startLocalServices({ services: ['s3'], buckets: ['tiles'] });
  });
  afterAll(() => services.close());

  it('says that a bucket does not exist, which is not a missing object', async () => {
    const store = s3ObjectStore({
      region: 'us-east-1',
      endpoint: services.endpoints['AWS_ENDPOINT_URL_S3'],
      credentials,
    });
    const missing = { code: 'NOT_FOUND', serviceCode: 'NoSuchBucket', retryable: false };
    await expect(store.get('s3://nowhere/1')).rejects.toMatchObject(missing);
    await expect(store.put('s3://nowhere/1', new Uint8Array(1), { contentType: 'x/y' })).rejects.toMatchObject(missing);
    store.close();
  });

  it('counts requests by operation', async () => {
    const calls = new CallCounter();
    const endpoint = services.endpoints['AWS_ENDPOINT_URL_S3'];
    const store = s3ObjectStore({ region: 'us-east-1', endpoint, credentials, calls });
    await store.put('s3://tiles/1', new Uint8Array(1), { contentType: 'x/y' });
    await store.get('s3://tiles/1');
    await store.get('s3://tiles/2');
    await store.head('s3://tiles/1');
    await store.delete('s3://tiles/1');
    expect(calls.toJSON()).toEqual({ 's3.DeleteObject': 1, 's3.GetObject': 2, 's3.HeadObject': 1, 's3.PutObject': 1 });
    store.close();
  });
});

describe.each(['past', 'through'])('s3ObjectStore %s the SDK, where S3 answers', (way) => {
  type Answer = { status: number; body?: string; headers?: Record<string, string> } | 'reset' | 'cut' | 'silence';
  let answers: Answer[] = [];
  let seen: string[] = [];
  let heads: IncomingHttpHeaders[] = [];
  let gone: Promise<void>;
  let server: Server;
  let endpoint: string;
  beforeAll(async () => {
    server = createServer((request, response) => {
      if (request.url?.startsWith('/tiles/first')) return void response.writeHead(404).end();
      seen.push(`${request.headers['user-agent'] === 'swath' ? 'past' : 'through'} ${request.method} ${request.url}`);
      heads.push(request.headers);
      const answer = answers.shift() ?? { status: 200 };
      gone = new Promise((resolve) => response.once('close', () => resolve()));
      if (answer === 'reset') request.socket.destroy();
      else if (answer === 'cut') {
        response.writeHead(200, { 'content-length': '100' }).write('only the beginning');
        setTimeout(() => request.socket.destroy(), 20);
      } else if (answer !== 'silence') response.writeHead(answer.status, answer.headers).end(answer.body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    answers = [];
    seen = [];
    heads = [];
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  const open = async (onAttempt?: (attempt: Attempt) => void) => {
    let shown = false;
    const hear = (attempt: Attempt): void => void (shown && onAttempt?.(attempt));
    const direct = way === 'past';
    const store = s3ObjectStore({ region: 'us-east-1', endpoint, credentials, direct, onAttempt: hear });
    await store.get('s3://tiles/first');
    shown = true;
    return store;
  };
  const xml = (code: string): string =>
    `<?xml version="1.0"?><Error><Code>${code}</Code><Message>said so</Message></Error>`;

  it('403, names the permission that hides the object and the one that reads it', async () => {
    answers = [{ status: 403, body: xml('AccessDenied') }];
    const failure = (await open()).get('s3://tiles/out/1');
    await expect(failure).rejects.toMatchObject({ code: 'ACCESS_DENIED', retryable: false, httpStatus: 403 });
    await expect(failure).rejects.toThrow('s3:GetObject on arn:aws:s3:::tiles/out/1');
    await expect(failure).rejects.toThrow('s3:ListBucket on arn:aws:s3:::tiles is missing');
  });

  it('403 without a body to HEAD, names the permission too', async () => {
    answers = [{ status: 403 }];
    await expect((await open()).head('s3://tiles/1')).rejects.toThrow('s3:ListBucket on arn:aws:s3:::tiles');
  });

  it('403 to a write, names its action', async () => {
    answers = [{ status: 403, body: xml('AccessDenied') }];
    const failure = (await open()).put('s3://tiles/1', new Uint8Array(1), { contentType: 'x/y' });
    await expect(failure).rejects.toThrow('s3:PutObject on arn:aws:s3:::tiles/1 is missing');
  });

  it('well, sends GET and PUT the way it is told, signed', async () => {
    answers = [{ status: 200, body: 'x', headers: { 'last-modified': 'Thu, 01 Jan 2026 00:00:10 GMT' } }];
    const store = await open();
    expect(await store.get('s3://tiles/a b')).toMatchObject({ modifiedMs: Date.UTC(2026, 0, 1, 0, 0, 10) });
    await store.put('s3://tiles/1', Buffer.from('tile'), {
      contentType: 'x/y',
      metadata: { traceparent: '00-a-b-01' },
    });
    expect(seen.map((line) => line.split('?')[0])).toEqual([`${way} GET /tiles/a%20b`, `${way} PUT /tiles/1`]);
    expect(heads.at(-1)).toMatchObject({
      'content-type': 'x/y',
      'content-length': '4',
      'x-amz-meta-traceparent': '00-a-b-01',
      'x-amz-content-sha256': hash('sha256', 'tile'),
      authorization: expect.stringMatching(
        /^AWS4-HMAC-SHA256 Credential=test\/\d{8}\/us-east-1\/s3\/aws4_request, SignedHeaders=.*host.*, Signature=[0-9a-f]{64}$/,
      ),
    });
  });

  it('that the clock is off, lets the SDK mend it', async () => {
    const date = new Date(Date.now() + 3_600_000).toUTCString();
    answers = [
      { status: 403, body: xml('RequestTimeTooSkewed'), headers: { date } },
      { status: 200, body: 'x', headers: { date } },
    ];
    expect((await (await open()).get('s3://tiles/1'))?.bytes.length).toBe(1);
    expect(seen.at(-1)).toBe('through GET /tiles/1?x-id=GetObject');
  });

  it('403 because the token expired, does not blame a permission', async () => {
    const expired: Answer = { status: 403, body: xml('ExpiredToken') };
    answers = [expired, expired]; // the SDK is asked whether it can do better
    const failure = (await open()).get('s3://tiles/1');
    await expect(failure).rejects.toThrow('the AWS credentials are not accepted (ExpiredToken: said so)');
  });

  it('503 SlowDown, is throttled, and is tried twice', async () => {
    const slowDown: Answer = { status: 503, body: xml('SlowDown') };
    answers = [slowDown, slowDown, slowDown, slowDown];
    await expect((await open()).get('s3://tiles/1')).rejects.toMatchObject({
      code: 'SERVICE_THROTTLED',
      retryable: true,
    });
    expect(seen).toHaveLength(2);
  });

  it('a throttle first, lets the observer see it although the call succeeds', async () => {
    answers = [
      { status: 503, body: xml('SlowDown') },
      { status: 200, body: 'x' },
    ];
    const attempts: Attempt[] = [];
    await (await open((attempt) => attempts.push(attempt))).get('s3://tiles/1');
    const operation = 's3.GetObject';
    expect(attempts).toEqual([
      { operation, outcome: 'throttled' },
      { operation, outcome: 'answered' },
    ]);
  });

  it.each([500, 502, 503, 504])('%d, is unavailable', async (status) => {
    answers = [{ status }, { status }];
    await expect((await open()).get('s3://tiles/1')).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      retryable: true,
    });
  });

  it('by cutting the connection, is unavailable', async () => {
    answers = ['reset', 'reset'];
    await expect((await open()).get('s3://tiles/1')).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      retryable: true,
    });
  });

  it('half a body, is unavailable', async () => {
    answers = ['cut', 'cut'];
    await expect((await open()).get('s3://tiles/1')).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      retryable: true,
    });
  });

  it('400, is refused with what S3 said', async () => {
    answers = [{ status: 400, body: xml('InvalidArgument') }];
    await expect((await open()).get('s3://tiles/1')).rejects.toMatchObject({
      code: 'SERVICE_REFUSED',
      message: 's3.GetObject s3://tiles/1: InvalidArgument: said so',
    });
  });

  it('slowly, cancels the request itself when the signal aborts', async () => {
    answers = ['silence'];
    const stop = new AbortController();
    const failure = expect((await open()).get('s3://tiles/1', { signal: stop.signal })).rejects.toThrow(
      'no longer wanted',
    );
    while (seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    stop.abort(new Error('no longer wanted'));
    await failure;
    await gone;
    expect(seen).toEqual([`${way} GET /tiles/1${way === 'past' ? '' : '?x-id=GetObject'}`]);
  });

  it('nobody, is unavailable and says so', async () => {
    const store = s3ObjectStore({ region: 'us-east-1', endpoint: 'http://127.0.0.1:1', credentials });
    const failure = store.get('s3://tiles/1');
    await expect(failure).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE', serviceCode: 'ECONNREFUSED' });
  });
});
