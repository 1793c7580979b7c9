import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runSwath } from '../../support/cli/startSwath.ts';
import { drawing, lShape, square, toPng } from '../../unit/model/drawings.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'swath-detect-'));
  await writeFile(join(folder, 'square.png'), await toPng(await drawing(square)));
  await writeFile(join(folder, 'l.png'), await toPng(await drawing(lShape)));
});
afterAll(() => rm(folder, { recursive: true }));

it('finds the room of a drawing, and writes answer and overlay', async () => {
  const [image, output, visualize] = ['square.png', 'answer.json', 'overlay.png'].map((name) => join(folder, name));
  const args = ['detect', image ?? '', '--output', output ?? '', '--visualize', visualize ?? '', '--json'];
  const { status, stdout, stderr } = await runSwath(args);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const answer = JSON.parse(stdout);
  expect(answer).toMatchObject({
    status: 'success',
    room_count: 1,
    rooms: [{ area: 91_204, bounding_box: { x: 99, y: 99, width: 303, height: 303 }, confidence: 0.9954 }],
    image_shape: [500, 500, 3],
  });
  expect(JSON.parse(await readFile(output ?? '', 'utf8'))).toEqual(answer);
  expect(await sharp(visualize).metadata()).toMatchObject({ format: 'png', width: 500, height: 500 });
});

it('says in words what it found, within the areas asked for', async () => {
  const image = join(folder, 'l.png');
  const { stdout } = await runSwath(['detect', image]);
  expect(stdout).toMatch(
    /^1 rooms in 500×500 pixels\.\n {2}\S+: 303×303 at 99,99, area 68704\.5 px, confidence 0\.7638\n$/,
  );
  const none = await runSwath(['detect', image, '--min-area', '70000']);
  expect(none).toMatchObject({ status: 0, stdout: '0 rooms in 500×500 pixels.\n' });
});

it('takes the other detector, too', async () => {
  const path = join(folder, 'night.png');
  const svg =
    '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><rect width="64" height="64"/><circle cx="32" cy="32" r="4" fill="#fff"/></svg>';
  await sharp(Buffer.from(svg)).png().toFile(path);
  const { stdout } = await runSwath(['detect', path, '--detector', 'lights', '--json']);
  expect(JSON.parse(stdout)).toMatchObject({ light_count: 1 });
});

it('says that a file cannot be written', async () => {
  const path = join(folder, 'no', 'such', 'folder.json');
  const { status, stderr } = await runSwath(['detect', join(folder, 'l.png'), '--output', path]);
  expect({ status, stderr }).toEqual({ status: 2, stderr: `error: ${path}: there is no such folder\n` });
});

it('says of a picture that ends too early what is wrong with it', async () => {
  const path = join(folder, 'short.png');
  const whole = await readFile(join(folder, 'l.png'));
  await writeFile(path, whole.subarray(0, whole.length >> 1));
  const { status, stderr } = await runSwath(['detect', path]);
  expect(status).toBe(2);
  expect(stderr).toMatch(/^error: \S+short\.png: must be a PNG or JPEG that can be decoded whole \([^\n]+\)\n$/);
});
