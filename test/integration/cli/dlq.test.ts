import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { kinesisWriter } from '../../../src/aws/kinesisWriter.ts';
import { readWholeStream } from '../../../src/aws/readWholeStream.ts';
import type { LocalServices } from '../../../src/local/localServices.ts';
import { startLocalServices } from '../../../src/local/startLocalServices.ts';
import { encodeDeadEvents } from '../../../src/records/encodeDeadEvents.ts';
import { runSwath, startSwath } from '../../support/cli/startSwath.ts';
import { localAws } from '../../support/kinesisBench.ts';

let folder = '';
let services: LocalServices;
let env: NodeJS.ProcessEnv;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'swath-dlq-'));
  services = await startLocalServices({
    services: ['kinesis', 'dynamodb'],
    streams: {
      'looked.dead': 2,
      tiles: 1,
      'replayed.dead': 2,
      poison: 1,
      'poison.dead': 1,
      other: 1,
      killed: 1,
      'killed.dead': 1,
      stays: 1,
      'gone.dead': 1,
    },
  });
  env = { ...services.endpoints };
});
afterAll(async () => {
  await services.close();
  await rm(folder, { recursive: true });
});

interface Refused {
  readonly position: number;
  readonly value: Uint8Array;
  readonly code?: string;
  readonly stream?: string;
  readonly key?: string;
}

/** Writes dead letters as the sink does, and a record that is none. */
async function refuse(dead: string, all: readonly Refused[]): Promise<void> {
  const endpoint = services.endpoints.AWS_ENDPOINT_URL_KINESIS ?? '';
  const { region, credentials } = localAws;
  const writer = kinesisWriter({ stream: dead, region }, { endpoint, credentials });
  const records = all.flatMap(
    ({ position, value, code = 'INFERENCE_FAILED', stream = 'tiles', key = `key-${position}` }) =>
      encodeDeadEvents(
        {
          record: { key: Buffer.from(key), value, headers: [], timestampMs: 0 },
          origin: { stream, partition: 'shardId-000000000000', position: String(position) },
          attempt: 1,
          stage: code.startsWith('RECORD') ? 'decode' : 'infer',
          reason: { code, message: 'it would not' },
        },
        { pipeline: 'test', nowMs: Date.UTC(2026, 0, 1) + position, carrier: { traceparent: trace } },
      ),
  );
  await Promise.all(records.map((record) => writer.write(record)));
  await writer.write({ key: Buffer.from('x'), value: Buffer.from('no dead letter'), headers: [] });
  await writer.close();
}
const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const large = Buffer.alloc(1_000_000, 'large ');

it('counts dead letters by code, large ones once, and shows one in full', async () => {
  await refuse('looked.dead', [
    { position: 1, value: Buffer.from('{"id":"first"}'), code: 'RECORD_INVALID' },
    { position: 2, value: large },
    { position: 3, value: Buffer.from('plain') },
  ]);
  const list = await runSwath(['dlq', 'list', 'kinesis://looked.dead', '--json'], { env });
  expect({ ...list, stdout: JSON.parse(list.stdout) }).toEqual({
    status: 0,
    stderr: '',
    stdout: {
      from: 'kinesis://looked.dead',
      total: 3,
      replayed: 0,
      waiting: 3,
      groups: [
        {
          code: 'INFERENCE_FAILED',
          stage: 'infer',
          count: 2,
          replayed: 0,
          waiting: 2,
          first: '2026-01-01T00:00:00.002Z',
          last: '2026-01-01T00:00:00.003Z',
        },
        {
          code: 'RECORD_INVALID',
          stage: 'decode',
          count: 1,
          replayed: 0,
          waiting: 1,
          first: '2026-01-01T00:00:00.001Z',
          last: '2026-01-01T00:00:00.001Z',
        },
      ],
      unreadable: 1,
      incomplete: 0,
    },
  });
  const out = join(folder, 'large.bin');
  const origin = 'tiles/shardId-000000000000/2';
  const show = await runSwath(['dlq', 'show', 'kinesis://looked.dead', origin, '--out', out, '--json'], { env });
  expect(JSON.parse(show.stdout)).toMatchObject({ origin, key: 'key-2', bytes: large.length, attempts: 1, older: 0 });
  expect(JSON.parse(show.stdout).places).toHaveLength(2);
  expect((await readFile(out)).equals(large)).toBe(true);
  const text = await runSwath(['dlq', 'show', 'kinesis://looked.dead', 'first'], { env });
  expect(text.stdout).toMatch(/^code +RECORD_INVALID$/m);
  expect(text.stdout).toMatch(/^begins +\{"id":"first"\}$/m);
});

it.each([
  [['list', 'looked.dead'], /^error: FROM: must be kafka:\/\/HOST:PORT\/TOPIC .*, got "looked.dead"\n$/],
  [['list', 'kafka://127.0.0.1/dead'], /^error: FROM: brokers\.0: must be host:port, got "127\.0\.0\.1"\n$/],
  [['list', 'kinesis://looked.dead', '--set', 'kafka.ssl=true'], /^error: --set: is for kafka:\/\/ addresses\n$/],
  [['list', 'kafka://127.0.0.1:1/dead', '--set', 'source.topic=t'], /^error: source: is unknown; known here: kafka\n$/],
  [['list', 'kinesis://nowhere'], /^error: nowhere: must be a topic or stream that exists: .*\n$/],
  [['list', 'kinesis://looked.dead', '--where', 'colour=red'], /^error: --where: knows only code, .*"colour=red"\n$/],
  [['show', 'kinesis://looked.dead', 'nobody'], /^error: ID_OR_ORIGIN: not found: .*, got "nobody"\n$/],
])('refuses %j with status 2 and a sentence', async (args, message) => {
  const { status, stderr, stdout } = await runSwath(['dlq', ...args], { env });
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(message);
});

const aws = () => ({ ...localAws, endpoint: services.endpoints.AWS_ENDPOINT_URL_KINESIS ?? '' });

async function replay(dead: string, ...more: string[]): Promise<{ status: number; stdout: object; stderr: string }> {
  const { status, stdout, stderr } = await runSwath(['dlq', 'replay', `kinesis://${dead}`, '--json', ...more], { env });
  return { status, stderr, stdout: stdout === '' ? {} : JSON.parse(stdout) };
}

it('sends dead letters back as they came, each once, those that a filter left out later', async () => {
  const values = new Map([
    ['key-1', Buffer.from('{"id":"first"}')],
    ['key-2', large],
    ['key-3', Buffer.from([0, 0xff, 0x7b])],
  ]);
  await refuse(
    'replayed.dead',
    [...values.values()].map((value, i) => ({ position: i + 1, value, code: i === 0 ? 'RECORD_INVALID' : 'OTHER' })),
  );
  const only = ['--where', 'code=OTHER'];
  expect(await replay('replayed.dead', ...only, '--dry-run')).toMatchObject({
    status: 0,
    stdout: { chosen: 2, sent: 0 },
  });
  expect(await readWholeStream('tiles', aws())).toEqual([]);
  expect(await replay('replayed.dead', ...only)).toMatchObject({
    status: 0,
    stdout: { to: 'origin', matched: 2, sent: 2 },
  });
  const list = await runSwath(['dlq', 'list', 'kinesis://replayed.dead', '--json'], { env });
  expect(JSON.parse(list.stdout)).toMatchObject({ total: 3, waiting: 1, replayed: 2 });
  expect(await replay('replayed.dead', '--limit', '5')).toMatchObject({ status: 0, stdout: { matched: 1, sent: 1 } });
  expect(await replay('replayed.dead')).toMatchObject({ status: 0, stdout: { matched: 0, sent: 0, unreadable: 1 } });
  const records = await readWholeStream('tiles', aws());
  expect(records.map(({ key }) => key).toSorted()).toEqual([...values.keys()]);
  for (const { key, value } of records) expect(values.get(key)?.equals(value)).toBe(true);
});

it('stops at the limit with a record that is refused again and again, although nothing in it counts', async () => {
  const value = Buffer.from('poison');
  for (let round = 0; round < 2; round++) {
    await refuse('poison.dead', [{ position: round, value, stream: 'poison', key: 'poison' }]);
    expect(await replay('poison.dead', '--max-replays', '2')).toMatchObject({
      status: 0,
      stdout: { sent: 1, refused: 0 },
    });
  }
  await refuse('poison.dead', [{ position: 2, value, stream: 'poison', key: 'poison' }]);
  expect(await replay('poison.dead', '--max-replays', '2')).toMatchObject({
    status: 1,
    stdout: { sent: 0, refused: 1 },
  });
  expect(await readWholeStream('poison', aws())).toHaveLength(2);
});

it('replays to another stream, and says that one is missing', async () => {
  const { status, stderr } = await replay('looked.dead', '--to', 'kinesis://nowhere');
  expect(status).toBe(2);
  expect(stderr).toMatch(/^error: nowhere: must be a topic or stream that exists: .*\n$/);
  expect(await replay('looked.dead', '--to', 'kinesis://other', '--where', 'id=first')).toMatchObject({
    stdout: { sent: 1 },
  });
  expect((await readWholeStream('other', aws())).map(({ value }) => Buffer.from(value).toString())).toEqual([
    '{"id":"first"}',
  ]);
});

it('loses nothing when a replay is killed in the middle', async () => {
  const count = 5000;
  await refuse(
    'killed.dead',
    Array.from({ length: count }, (_, i) => ({ position: i, value: Buffer.from(`value ${i}`), stream: 'killed' })),
  );
  const first = startSwath(['dlq', 'replay', 'kinesis://killed.dead'], { env });
  const written = async (): Promise<string[]> =>
    (await readWholeStream('killed', aws())).map(({ value }) => Buffer.from(value).toString());
  while ((await written()).length === 0);
  first.kill('SIGKILL');
  expect(await first.ended).toMatchObject({ status: 137 });
  expect((await written()).length).toBeLessThan(count);
  expect(await replay('killed.dead')).toMatchObject({ status: 0 });
  const all = await written();
  expect(new Set(all).size).toBe(count);
  expect(all.length - count).toBeLessThanOrEqual(200);
});

it('sends each of the others once where some came from a stream that is gone', async () => {
  const streams = ['stays', 'gone', 'no stream has this name', 'stays'];
  await refuse(
    'gone.dead',
    streams.map((stream, i) => ({ position: i, value: Buffer.from(`value ${i}`), stream })),
  );
  const first = await replay('gone.dead');
  expect(first).toMatchObject({ status: 1, stdout: { matched: 4, sent: 2, unsendable: 2, unconfirmed: 0 } });
  expect(first.stderr).toMatch(
    /^warning: gone\S* \(dead letter \S+\) cannot be sent to gone: stream gone does not exist/m,
  );
  expect(first.stderr).toMatch(/cannot be sent to no stream has this name: .*must be/);
  expect(await replay('gone.dead')).toMatchObject({ status: 1, stdout: { matched: 2, sent: 0, unsendable: 2 } });
  expect((await readWholeStream('stays', aws())).map(({ value }) => Buffer.from(value).toString()).toSorted()).toEqual([
    'value 0',
    'value 3',
  ]);
});
