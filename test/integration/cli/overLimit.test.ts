import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { LocalServices } from '../../../src/local/localServices.ts';
import { startLocalServices } from '../../../src/local/startLocalServices.ts';
import { runSwath } from '../../support/cli/startSwath.ts';

/** Real pictures, each over one limit alone: too wide, too many pixels, too many bytes. */
const pictures = { wide: [200, 10], vast: [90, 90], heavy: [60, 60] } as const;
const limits = ['maxImageDimension=100', 'maxImagePixels=4000', 'maxRecordBytes=6000'];
const reasons = {
  'wide.png': [
    'IMAGE_TOO_LARGE',
    'payload must be an image of at most 100 pixels in width and height (maxImageDimension), got "200×10"',
  ],
  'vast.png': ['IMAGE_TOO_LARGE', 'payload must be an image of at most 4000 pixels (maxImagePixels), got "90×90"'],
  'heavy.png': ['RECORD_TOO_LARGE', /^value must have at most 6000 bytes \(maxRecordBytes\), got \d{5}$/],
} as const;

let folder = '';
let services: LocalServices;
let env: NodeJS.ProcessEnv;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'swath-over-limit-'));
  for (const [name, [width, height]] of Object.entries(pictures)) {
    const channels = 3;
    const plain = sharp({ create: { width, height, channels, background: '#123456' } });
    const noise = randomBytes(width * height * channels);
    const picture = name === 'heavy' ? sharp(noise, { raw: { width, height, channels } }) : plain;
    await picture.png().toFile(join(folder, `${name}.png`));
  }
  const streams = ['kinesis-infer', 'detect'].flatMap((name) => [name, `${name}-out`, `${name}-dead`]);
  services = await startLocalServices({
    streams: Object.fromEntries(streams.map((name) => [name, 1])),
    buckets: ['in', 'out'],
  });
  env = { ...services.endpoints };
});
afterAll(async () => {
  await services.close();
  await rm(folder, { recursive: true });
});

it.each(['kinesis-infer', 'detect'])(
  '%s takes a picture over a limit to the dead letter, with its bytes and field, rule and value',
  async (pipeline) => {
    const published = await runSwath(['publish', folder, '--to', `kinesis://${pipeline}`], { env });
    expect(published).toMatchObject({ status: 0, stderr: '' });
    const own = [
      `source.stream=${pipeline}`,
      `sink.stream=${pipeline}-out`,
      `deadLetter.stream=${pipeline}-dead`,
      `kinesis.leaseTable=${pipeline}`,
      ...limits.map((limit) => `source.${limit}`),
    ];
    const config = ['--config', 'pipelines/kinesis-infer.yaml', ...own.flatMap((setting) => ['--set', setting])];
    const { status, stdout, stderr } = await runSwath(['run', pipeline, ...config, '--until-idle', '1', '--json'], {
      env,
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringMatching(/^Running.*\n$/) });
    expect(JSON.parse(stdout)).toMatchObject({ tiles: { read: 3, written: 0, deadLettered: 3, unfinished: 0 } });
    expect(services.sagemaker.stats().accepted).toBe(0);
    for (const [id, [code, message]] of Object.entries(reasons)) {
      const out = join(folder, 'record.json');
      const dead = `kinesis://${pipeline}-dead`;
      const shown = await runSwath(['dlq', 'show', dead, id, '--out', out, '--json'], { env });
      expect(shown).toMatchObject({ status: 0, stderr: '' });
      const letter = JSON.parse(shown.stdout);
      expect(letter).toMatchObject({ id, code, stage: 'decode', attempts: 1 });
      expect(letter.message).toEqual(message instanceof RegExp ? expect.stringMatching(message) : message);
      const { data_base64: bytes } = JSON.parse(await readFile(out, 'utf8'));
      expect(Buffer.from(bytes, 'base64').equals(await readFile(join(folder, id)))).toBe(true);
      await rm(out);
    }
  },
);

it('is told by the demo, too', async () => {
  const out = join(folder, 'out');
  const image = ['--image', join(folder, 'wide.png'), '--set', `source.${limits[0]}`];
  const { status, stdout, stderr } = await runSwath(['demo', ...image, '--out', out, '--json']);
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ tiles: { read: 1, written: 0, deadLettered: 1 } });
  expect(stderr).toMatch(/\n1 of 1 tiles were refused and went to the dead letters: IMAGE_TOO_LARGE\. Cut smaller/);
});
