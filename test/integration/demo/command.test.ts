import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { collectSpans } from '../../../src/cli/demo/collectSpans.ts';
import { readSpans } from '../../../src/cli/report/readSpans.ts';

const main = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'swath-command-'));
  const made = folder;
  return () => rm(made, { recursive: true, force: true });
});

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the command in a process of its own; nothing but its folder for temporary files and results is shared. */
const start = (...args: string[]): { child: ChildProcess; ended: Promise<Ended> } => startWith({}, args);

const startWith = (
  variables: Readonly<Record<string, string>>,
  args: readonly string[],
): { child: ChildProcess; ended: Promise<Ended> } => {
  const env = {
    ...process.env,
    TMPDIR: folder,
    NO_COLOR: '1',
    AWS_PROFILE: 'nobody',
    AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
    ...variables,
  };
  const child = spawn(process.execPath, [main, 'demo', ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = Promise.all([once(child, 'close'), text(child.stdout), text(child.stderr)]).then(
    ([[status], stdout, stderr]) => ({ status, stdout, stderr }),
  );
  return { child, ended };
};

/** A small picture with one light, and none of it in the dark. */
const smallPicture = async (): Promise<string> => {
  const path = join(folder, 'small.png');
  const light = { create: { width: 6, height: 6, channels: 3 as const, background: '#ffe0b0' } };
  const night = sharp({ create: { width: 300, height: 200, channels: 3, background: '#020408' } });
  await writeFile(
    path,
    await night
      .composite([{ input: light, left: 40, top: 60 }])
      .png()
      .toBuffer(),
  );
  return path;
};

describe('swath demo', () => {
  it('leaves its files in the folder and nothing elsewhere, and prints the summary as JSON', async () => {
    const out = join(folder, 'deep/out');
    const image = await smallPicture();
    const { status, stdout, stderr } = await start('--image', image, '--out', out, '--json').ended;
    expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringContaining('no place on earth') });
    expect(JSON.parse(stdout)).toEqual(JSON.parse(await readFile(join(out, 'summary.json'), 'utf8')));
    expect(JSON.parse(stdout)).toMatchObject({ tiles: { read: 2, written: 2, deadLettered: 0 }, detections: 1 });
    const files = ['detections.geojson', 'index.html', 'overlay.png', 'summary.json', 'traces.jsonl'];
    expect((await readdir(out)).sort()).toEqual(files);
    expect((await readdir(folder)).sort()).toEqual(['deep', 'small.png']);
    const { features } = JSON.parse(await readFile(join(out, 'detections.geojson'), 'utf8'));
    expect(features).toMatchObject([{ geometry: null, properties: { imageBBox: [40, 60, 46, 66] } }]);
  });

  it('finds the place on earth that it is told, and says in words what came of it', async () => {
    const out = join(folder, 'out');
    const bounds = ['--bounds', '10,40,13,42']; // a hundredth of a degree per pixel
    const { status, stdout } = await start('--image', await smallPicture(), '--out', out, ...bounds).ended;
    expect(status).toBe(0);
    expect(stdout).toMatch(/^2 tiles, 1 detection in .* s\n.* calls per tile; .*\nOpen .*index\.html\n$/);
    const { features } = JSON.parse(await readFile(join(out, 'detections.geojson'), 'utf8'));
    const { center_longitude, center_latitude } = features[0].properties;
    expect([center_longitude, center_latitude]).toEqual([expect.closeTo(10.43, 2), expect.closeTo(41.37, 2)]);
  });

  it('takes tiles that no record can hold through the object store', async () => {
    const path = join(folder, 'noise.png');
    const noise = { gaussian: { mean: 20, sigma: 8, type: 'gaussian' as const } };
    const { gaussian } = noise;
    const picture = sharp({
      create: { width: 1000, height: 700, channels: 3, background: '#000000', noise: gaussian },
    });
    await picture.png().toFile(path);
    const { status, stdout, stderr } = await start('--image', path, '--tile-size', '1024', '--out', folder, '--json')
      .ended;
    expect({ status, stderr }).toMatchObject({ status: 0 });
    const { tiles, calls } = JSON.parse(stdout);
    expect(tiles).toEqual({ read: 1, written: 1, deadLettered: 0 });
    expect(calls).not.toHaveProperty(['s3.PutObject']); // the pipeline hands the object on where it lies
  });

  it('sends the traces where OpenTelemetry is told to, those of the model too, and keeps them all the same', async () => {
    const warnings: string[] = [];
    const receiver = await collectSpans({ warn: (message) => warnings.push(message) });
    onTestFinished(() => receiver[Symbol.asyncDispose]());
    const variables = {
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url.replace('/v1/traces', ''),
      OTEL_TRACES_SAMPLER: 'always_off', // the demo shows its traces, so it records them
    };
    const { status, stderr } = await startWith(variables, ['--image', await smallPicture(), '--out', folder]).ended;
    expect({ status, stderr }).toEqual({ status: 0, stderr: expect.not.stringContaining('not exported') });
    const namesOf = (lines: readonly string[]): string[] => lines.flatMap(readSpans).map(({ name }) => name);
    const kept = (await readFile(join(folder, 'traces.jsonl'), 'utf8')).trimEnd().split('\n');
    expect(namesOf(receiver.lines).sort()).toEqual(namesOf(kept).sort());
    expect(namesOf(kept).filter((name) => name === 'infer')).toHaveLength(2);
  });

  it.each([
    [['--tile-size', 'large'], '--tile-size: must be a whole number'],
    [['--source', 'rabbit'], '--source: must be kinesis or kafka, got "rabbit"'],
    [['--image', '/nowhere.png'], '--image: must be a picture: there is no such file, got "/nowhere.png"\n'],
    [['--image', main], '--image: must be a picture: it is of no format that is known (PNG, JPEG, TIFF, WebP, …), got'],
    [['--image', join(main, '..')], '--image: must be a picture: it is a folder, got'],
    [['--image', '/dev/null'], '--image: must be a picture: it is empty, got "/dev/null"\n'],
    [['--out', main], '--out: must be a folder to write into'],
    [['--set', 'source.maxInFligh=1'], 'did you mean maxInFlight'],
    [['--nonsense'], "unknown option '--nonsense'"],
  ])('refuses %j with status 2 and one plain message', async (args, message) => {
    const { status, stdout, stderr } = await start('--out', join(folder, 'out'), ...args).ended;
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it('drains at the first Ctrl-C, leaves nothing behind, and exits 0', async () => {
    const out = join(folder, 'out');
    const { child, ended } = start('--out', out);
    await sending(child);
    child.kill('SIGINT');
    const { status, stderr } = await ended;
    expect(status).toBe(0);
    expect(stderr).toMatch(/Stopping: what is in flight is finished first.*Stopped after \d+ tiles; no result was/s);
    expect(await readdir(out)).toEqual([]);
    expect(await readdir(folder)).toEqual(['out']);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('exits at once at the second %s, and leaves nothing behind', async (signal, expected) => {
    const out = join(folder, 'out');
    const { child, ended } = start('--out', out);
    await sending(child);
    child.kill(signal);
    await once(child.stderr ?? child, 'data');
    child.kill(signal);
    expect((await ended).status).toBe(expected);
    expect(await readdir(folder)).toEqual(['out']);
    expect(await readdir(out)).toEqual([]);
  });
});

/** Waits until the tiles are on their way. */
async function sending({ stderr }: ChildProcess): Promise<void> {
  let said = '';
  while (!said.includes('Sending')) said += String((await once(stderr ?? process.stderr, 'data'))[0]);
}
