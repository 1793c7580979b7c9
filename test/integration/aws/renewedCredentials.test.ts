import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AwsCredentialIdentityProvider } from '@smithy/types';
import { lastValueFrom, type Observable, tap, toArray } from 'rxjs';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { dynamoLeaseStore } from '../../../src/aws/dynamoLeaseStore.ts';
import { s3ObjectStore } from '../../../src/aws/s3ObjectStore.ts';
import { sagemakerEndpoint } from '../../../src/aws/sagemakerEndpoint.ts';
import type { LocalServices } from '../../../src/local/localServices.ts';
import { echoModel } from '../../../src/local/sagemaker/echoModel.ts';
import { startLocalServices } from '../../../src/local/startLocalServices.ts';
import { backoffSchedule } from '../../../src/operators/backoffSchedule.ts';
import { inferAsync } from '../../../src/operators/inferAsync.ts';
import { kinesisDeadLetter } from '../../../src/sinks/kinesisDeadLetter.ts';
import { toDeadLetter } from '../../../src/sinks/toDeadLetter.ts';
import { toKinesis } from '../../../src/sinks/toKinesis.ts';
import { fromKinesis } from '../../../src/sources/fromKinesis.ts';
import { fromReader } from '../../../src/sources/fromReader.ts';
import { ackAll, memoryLog, memoryWriter } from '../../../src/testing.ts';
import type { Envelope } from '../../../src/tile/envelope.ts';
import type { Tile } from '../../../src/tile/tile.ts';
import { type FaultProxy, type ProxyFault, startFaultProxy } from '../../support/faultProxy.ts';
import { type KinesisBench, openKinesisBench } from '../../support/kinesisBench.ts';

const region = 'us-east-1';
const xml = '<?xml version="1.0" encoding="UTF-8"?><Error><Code>ExpiredToken</Code><Message>expired</Message></Error>';
const inXml = { status: 400, headers: { 'content-type': 'application/xml' }, body: xml };
const inJson = {
  status: 400,
  headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-errortype': 'ExpiredTokenException' },
  body: '{"__type":"ExpiredTokenException","message":"expired"}',
};

/** Temporary credentials whose session somebody revokes long before they were to end; asked again, it may have others. */
class Sessions {
  fetched = 0;
  revoked = 0;
  renews = true;
  #number = 1;

  readonly provider: AwsCredentialIdentityProvider = async () => {
    this.fetched += 1;
    if (this.renews) this.#number = this.revoked + 1;
    const sessionToken = `token ${this.#number}`;
    const expiration = new Date(Date.now() + 3_600_000);
    return { accessKeyId: `KEY${this.#number}`, secretAccessKey: 'secret', sessionToken, expiration };
  };

  /** From now on the services refuse what was given out so far. */
  revoke(): void {
    this.revoked = this.#number;
  }

  /** What a service answers to who signs with a revoked session. */
  refusal(answer: typeof inXml): ProxyFault {
    return {
      kind: 'answer',
      ...answer,
      when: ({ headers }) =>
        Number(/Credential=KEY(\d+)\//.exec(headers.authorization ?? '')?.[1] ?? 0) <= this.revoked,
    };
  }
}

const tiles = (count: number): Tile[] =>
  Array.from({ length: count }, (_, i) => ({
    id: `tile ${i}`,
    payload: { bytes: Buffer.alloc(i % 2 === 0 ? 10 : 200_000, `${i}`) }, // every other one is uploaded
    contentType: 'text/plain',
  }));

describe.each([true, false])('credentials that run out before their time (past the SDK: %s)', (direct) => {
  let services: LocalServices;
  let s3: FaultProxy;
  let runtime: FaultProxy;
  beforeAll(async () => {
    services = await startLocalServices({
      services: ['s3', 'sagemaker'],
      buckets: ['in', 'out'],
      endpoints: [{ name: 'quick', model: echoModel({ serviceMs: 30 }), outputPath: 's3://out/quick' }],
    });
    s3 = await startFaultProxy({ target: services.endpoints.AWS_ENDPOINT_URL_S3 ?? '' });
    runtime = await startFaultProxy({ target: services.endpoints.AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME ?? '' });
  });
  afterEach(() => {
    s3.clear();
    runtime.clear();
  });
  afterAll(async () => {
    await s3.close();
    await runtime.close();
    await services.close();
  });

  const open = (sessions: Sessions) => {
    s3.inject(sessions.refusal(inXml));
    runtime.inject(sessions.refusal(inJson));
    const parts = { credentials: sessions.provider, direct };
    const store = s3ObjectStore({ ...parts, region, endpoint: s3.url });
    const options = { name: 'quick', inputBucket: 'in', outputBucket: 'out', outputPrefix: 'quick', region };
    const endpoint = sagemakerEndpoint(options, { ...parts, endpoint: runtime.url, store });
    const dead = memoryWriter();
    const onNack = toDeadLetter<Tile>(dead, ({ origin }) => ({
      key: Buffer.from(origin.position),
      value: null,
      headers: [],
    }));
    const run = (count: number, each: (done: number) => void): Promise<unknown[]> => {
      let done = 0;
      const log = memoryLog(tiles(count), { stream: randomUUID() });
      const counted = tap<Envelope<Tile>>(() => each(++done));
      const infer = inferAsync<Tile>({ endpoint, schedule: backoffSchedule({ intervalMs: 20 }) });
      const source = fromReader(log, { drain: new AbortController().signal, maxInFlight: 10, onNack });
      return lastValueFrom(source.pipe(infer, counted, ackAll(), toArray()) as Observable<unknown[]>);
    };
    return { store, dead, run };
  };

  it('are fetched anew, and every tile is done', async () => {
    const sessions = new Sessions();
    const { run, dead, store } = open(sessions);
    const struck = s3.counts.struck + runtime.counts.struck;
    const out = await run(60, (done) => {
      if (done === 15 || done === 40) sessions.revoke();
    });
    expect(out).toHaveLength(60);
    expect(dead.records).toEqual([]);
    expect(s3.counts.struck + runtime.counts.struck).toBeGreaterThan(struck + 2);
    expect(sessions.fetched).toBeLessThanOrEqual(12); // by two clients, at the start and for each time, not for each request
    store.close();
  });

  it('are read again from a profile that somebody has written anew', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'swath-profile-'));
    const file = join(folder, 'credentials');
    const write = (number: number): Promise<void> =>
      writeFile(
        file,
        `[tiles]\naws_access_key_id=KEY${number}\naws_secret_access_key=secret\naws_session_token=token ${number}\n`,
      );
    await write(1);
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', file);
    vi.stubEnv('AWS_PROFILE', 'tiles');
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN']) vi.stubEnv(name, undefined);
    const sessions = new Sessions();
    s3.inject(sessions.refusal(inXml));
    const store = s3ObjectStore({ region, endpoint: s3.url, direct });
    await store.put('s3://in/profile', Buffer.from('first'), { contentType: 'text/plain' });
    sessions.revoke();
    await expect(store.get('s3://in/profile')).rejects.toThrow('credentials are not accepted (ExpiredToken');
    await write(2);
    expect(Buffer.from((await store.get('s3://in/profile'))?.bytes ?? []).toString()).toBe('first');
    store.close();
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true });
  });

  it('end the run by their name where there are no others; nothing goes to the dead letter', async () => {
    const sessions = new Sessions();
    const { run, dead, store } = open(sessions);
    const ended = run(60, (done) => {
      if (done !== 15) return;
      sessions.renews = false;
      sessions.revoke();
    });
    const failure = { code: 'ACCESS_DENIED', message: expect.stringMatching(/credentials are not accepted \(Expired/) };
    await expect(ended).rejects.toMatchObject(failure);
    expect(dead.records).toEqual([]);
    store.close();
  });
});

describe('credentials for Kinesis and its leases that run out before their time', () => {
  let bench: KinesisBench;
  let kinesis: FaultProxy;
  let dynamodb: FaultProxy;
  beforeAll(async () => {
    bench = await openKinesisBench();
    kinesis = await startFaultProxy({ target: bench.kinesis });
    dynamodb = await startFaultProxy({ target: bench.dynamodb });
  });
  afterEach(() => {
    kinesis.clear();
    dynamodb.clear();
  });
  afterAll(async () => {
    await kinesis.close();
    await dynamodb.close();
    await bench.close();
  });

  const open = async (sessions: Sessions) => {
    const [input, output, dead] = ['in', 'out', 'dead'].map((name) => `${name}-${randomUUID()}`) as [
      string,
      string,
      string,
    ];
    for (const stream of [input, output, dead]) await bench.createStream(stream, 1);
    const [shard = ''] = await bench.shards(input);
    kinesis.inject(sessions.refusal(inJson));
    dynamodb.inject(sessions.refusal(inJson));
    const aws = { credentials: sessions.provider, endpoint: kinesis.url };
    const leases = { credentials: sessions.provider, endpoint: dynamodb.url };
    const common = { region, aws, pipeline: 'renewed' };
    const stop = new AbortController();
    const store = dynamoLeaseStore({ ...leases, region, table: input });
    const source = fromKinesis({
      stream: input,
      leaseTable: input,
      region,
      failoverMs: 2_000,
      readIntervalMs: 200,
      drain: stop.signal,
      onNack: kinesisDeadLetter({ ...common, stream: dead }),
      aws: { ...aws, store },
    });
    const ended = lastValueFrom(
      source.pipe(toKinesis({ ...common, stream: output, value: ({ id }: Tile) => ({ id }) }), toArray()),
    );
    const feed = (from: number) => {
      const records = Array.from({ length: 20 }, (_, i) => JSON.stringify({ id: `${from + i}`, data_base64: 'eA==' }));
      return bench.append(input, shard, records);
    };
    const written = async () => (await bench.contents(output)).map(({ key }) => key);
    return { stop, ended, feed, written, dead };
  };
  const ids = (count: number): string[] => Array.from({ length: count }, (_, i) => `${i}`).toSorted();

  it('are fetched anew, and nothing is lost nor repeated', async () => {
    const sessions = new Sessions();
    const { stop, ended, feed, written, dead } = await open(sessions);
    for (const round of [0, 1, 2]) {
      await feed(20 * round);
      await expect.poll(async () => (await written()).length, { timeout: 20_000 }).toBe(20 * (round + 1));
      sessions.revoke();
    }
    stop.abort();
    await ended;
    expect((await written()).toSorted()).toEqual(ids(60));
    expect(await bench.contents(dead)).toEqual([]);
    expect(Math.min(kinesis.counts.struck, dynamodb.counts.struck)).toBeGreaterThan(0);
  });

  it('end the run by their name where there are no others; nothing goes to the dead letter', async () => {
    const sessions = new Sessions();
    const { ended, feed, written, dead } = await open(sessions);
    const failure = expect(ended).rejects.toMatchObject({
      message: expect.stringMatching(/credentials are not accepted \(Expired/),
    });
    await feed(0);
    await expect.poll(async () => (await written()).length, { timeout: 20_000 }).toBe(20);
    sessions.renews = false;
    sessions.revoke();
    await feed(20);
    await failure;
    expect(await written()).toHaveLength(20);
    expect(await bench.contents(dead)).toEqual([]);
  });
});
