import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { kinesisWriter } from '../../../src/aws/kinesisWriter.ts';
import type { LocalServices } from '../../../src/local/localServices.ts';
import { startLocalServices } from '../../../src/local/startLocalServices.ts';
import { encodeDeadEvents } from '../../../src/records/encodeDeadEvents.ts';
import { runSwath } from '../../support/cli/startSwath.ts';
import { localAws } from '../../support/kinesisBench.ts';

let folder = '';
let services: LocalServices;
let env: NodeJS.ProcessEnv;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'swath-dlq-'));
  services = await startLocalServices({
    services: ['kinesis', 'dynamodb'],
    streams: { 'looked.dead': 2, tiles: 1, 'replayed.dead': 2, poison: 1, 'poison.dead': 1 },
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
}

/** Writes dead letters as the sink does, and a record that is none. */
async function refuse(dead: string, all: readonly Refused[]): Promise<void> {
  const endpoint = services.endpoints.AWS_ENDPOINT_URL_KINESIS ?? '';
  const { region, credentials } = localAws;
  const writer = kinesisWriter({ stream: dead, region }, { endpoint, credentials });
  const records = all.flatMap(({ position, value, code = 'INFERENCE_FAILED', stream = 'tiles' }) =>
    encodeDeadEvents(
      {
        record: { key: Buffer.from(`key-${position}`), value, headers: [], timestampMs: 0 },
        origin: { stream, partition: 'shardId-000000000000', position: String(position) },
        attempt: 1,
        stage: code.startsWith('RECORD') ? 'decode' : 'infer',
        reason: { code, message: 'it would not' },
      },
      { pipeline: 'test', nowMs: Date.UTC(2026, 0, 1) + position, carrier: { traceparent: trace } },
    ),
  );
  for (const record of records) await writer.write(record);
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
  [['list', 'kinesis://nowhere'], /^error: nowhere: must be a topic or stream that exists: .*\n$/],
  [['list', 'kinesis://looked.dead', '--where', 'colour=red'], /^error: --where: knows only code, .*"colour=red"\n$/],
  [['show', 'kinesis://looked.dead', 'nobody'], /^error: ID_OR_ORIGIN: must be a tile's id .*, got "nobody"\n$/],
])('refuses %j with status 2 and a sentence', async (args, message) => {
  const { status, stderr, stdout } = await runSwath(['dlq', ...args], { env });
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(message);
});
