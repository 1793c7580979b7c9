import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readWholeStream } from '../../../src/aws/readWholeStream.ts';
import type { LocalServices } from '../../../src/local/localServices.ts';
import { startLocalServices } from '../../../src/local/startLocalServices.ts';
import { decodeRecord } from '../../../src/records/decodeRecord.ts';
import type { Tile } from '../../../src/tile/tile.ts';
import { drawnRoom } from '../../support/cli/badRecords.ts';
import { runSwath } from '../../support/cli/startSwath.ts';
import { localAws } from '../../support/kinesisBench.ts';

let folder = '';
let services: LocalServices;
let env: NodeJS.ProcessEnv;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'swath-publish-'));
  services = await startLocalServices({
    services: ['kinesis'],
    streams: { files: 1, tiles: 1, again: 1, large: 1 },
  });
  env = { ...services.endpoints };
});
afterAll(async () => {
  await services.close();
  await rm(folder, { recursive: true });
});

const limits = { maxRecordBytes: 1e9, maxImageDimension: 1e9, maxImagePixels: 1e12 };
const tilesOf = async (stream: string): Promise<Tile[]> => {
  const endpoint = services.endpoints.AWS_ENDPOINT_URL_KINESIS ?? '';
  const records = await readWholeStream(stream, { ...localAws, endpoint });
  return records.map(({ key, value, partition, position }) =>
    decodeRecord(
      { key: Buffer.from(key), value, headers: [], timestampMs: 0 },
      { stream, partition, position },
      limits,
    ),
  );
};
const bytesOf = ({ payload }: Tile): Uint8Array => ('bytes' in payload ? payload.bytes : new Uint8Array());

it('publishes the pictures of a folder as they are, under their names', async () => {
  const { png, jpeg } = await drawnRoom();
  await writeFile(join(folder, 'a.png'), png);
  await writeFile(join(folder, 'b.jpg'), jpeg);
  await writeFile(join(folder, 'notes.txt'), 'no picture');
  const { status, stdout } = await runSwath(['publish', folder, '--to', 'kinesis://files', '--json'], { env });
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ to: 'kinesis://files', files: 2, records: 2, refused: 0, stopped: false });
  const tiles = await tilesOf('files');
  expect(tiles.map(({ id, contentType }) => [id, contentType])).toEqual([
    ['a.png', 'image/png'],
    ['b.jpg', 'image/jpeg'],
  ]);
  expect(tiles.map((tile) => Buffer.from(bytesOf(tile)))).toEqual([png, jpeg]);
});

it('cuts pictures into lossless tiles that know their places', async () => {
  const width = 60;
  const height = 30;
  const pixels = Buffer.from(Array.from({ length: width * height * 3 }, (_, i) => (i * 7919) % 251));
  const path = join(folder, 'noise.png');
  await sharp(pixels, { raw: { width, height, channels: 3 } })
    .png()
    .toFile(path);
  const cut = ['--tile-size', '20', '--overlap', '4', '--bounds', '-180,-90,180,90'];
  const { status, stdout, stderr } = await runSwath(['publish', path, ...cut, '--to', 'kinesis://tiles'], { env });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(/^8 records of 1 files published in \d+\.\d s\.\n$/);
  const tiles = await tilesOf('tiles');
  expect(tiles.map(({ id }) => id).slice(0, 3)).toEqual(['noise/x0-y0', 'noise/x16-y0', 'noise/x32-y0']);
  const last = tiles.at(-1);
  expect(last).toMatchObject({ id: 'noise/x48-y16', offset: [48, 16], crs: 'EPSG:4326', contentType: 'image/png' });
  expect(last).toMatchObject({ bounds: [108, -90, 180, -6], scene: 'noise.png#xywh=0,0,60,30&overlap=4' });
  for (const tile of tiles) {
    const [left = 0, top = 0] = tile.offset ?? [];
    const { data, info } = await sharp(bytesOf(tile)).raw().toBuffer({ resolveWithObject: true });
    const wanted = await sharp(pixels, { raw: { width, height, channels: 3 } })
      .extract({ left, top, width: info.width, height: info.height })
      .raw()
      .toBuffer();
    expect(data).toEqual(wanted);
  }
});

it('repeats under ids of their own', async () => {
  const path = join(folder, 'once.bin');
  await writeFile(path, 'one');
  const often = ['--repeat', '5', '--rate', '20'];
  const { status, stdout } = await runSwath(['publish', path, ...often, '--to', 'kinesis://again', '--json'], { env });
  expect(status).toBe(0);
  expect(JSON.parse(stdout).records).toBe(5);
  const ids = (await tilesOf('again')).map(({ id }) => id);
  expect(ids).toEqual(['once.bin', 'once.bin~2', 'once.bin~3', 'once.bin~4', 'once.bin~5']);
});

it('says which records are too large, writes the others, and ends with status 1', async () => {
  await writeFile(join(folder, 'large.bin'), Buffer.alloc(900_000));
  await writeFile(join(folder, 'small.bin'), Buffer.alloc(9));
  const paths = [join(folder, 'large.bin'), join(folder, 'small.bin')];
  const { status, stdout, stderr } = await runSwath(['publish', ...paths, '--to', 'kinesis://large'], { env });
  expect(status).toBe(1);
  expect(stdout).toMatch(/^1 records of 2 files published in .*, 1 refused\.\n$/);
  expect(stderr).toMatch(
    /^warning: large\.bin: a record of 1\d{6} bytes is larger than the 1048576 that stream large takes\n$/,
  );
});

it('says that a stream is missing', async () => {
  const path = join(folder, 'small.bin');
  await writeFile(path, 'small');
  const { status, stderr } = await runSwath(['publish', path, '--to', 'kinesis://nowhere'], { env });
  expect(status).toBe(1);
  expect(stderr).toMatch(/^error: STREAM_MISSING: stream nowhere does not exist.*\nwhat to do: /);
});

it.each([
  ['kafka://127.0.0.1:99999/t', 2, /^error: --to: brokers\.0: must be host:port, with a port up to 65535, got "127/],
  ['kafka://127.0.0.1:1/t', 1, /\nerror: CONNECTION: cannot reach Kafka at 127\.0\.0\.1:1: .*ECONNREFUSED/],
])('says at the start that %s cannot be used', async (to, wanted, message) => {
  const path = join(folder, 'small.bin');
  await writeFile(path, 'small');
  const { status, stdout, stderr } = await runSwath(['publish', path, '--to', to]);
  expect({ status, stdout }).toEqual({ status: wanted, stdout: '' });
  expect(stderr).toMatch(message);
});
