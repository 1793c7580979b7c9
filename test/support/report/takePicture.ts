import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import sharp from 'sharp';
import { launchBrowser } from '../browser/launchBrowser.ts';

// Makes docs/images/demo.png, the picture in the README: runs the demo and photographs its page in Chromium.
//
//   node test/support/report/takePicture.ts

const root = join(import.meta.dirname, '../../..');
const viewport = { width: 1280, height: 960 };
const pointedAt = { x: 28.05 / 360 + 0.5, y: 0.5 + 26.2 / 180 }; // Johannesburg, as shares of the map

const out = await mkdtemp(join(tmpdir(), 'swath-picture-'));
const browser = await launchBrowser();
try {
  const demo = [join(root, 'src/cli/main.ts'), 'demo', '--out', out];
  execFileSync(process.execPath, demo, { stdio: ['ignore', 'ignore', 'inherit'] });
  const page = await browser.newPage({ viewport });
  await page.goto(pathToFileURL(join(out, 'index.html')).href);
  const image = await page.locator('#map img.leaflet-image-layer').boundingBox();
  if (image === null) throw new Error('the map shows no picture');
  await page.mouse.move(image.x + pointedAt.x * image.width, image.y + pointedAt.y * image.height);
  await page.locator('.detection-tooltip').waitFor();
  await page.waitForTimeout(300); // the tooltip fades in
  const picture = sharp(await page.screenshot()).png({ palette: true, quality: 100, dither: 0.6, effort: 10 });
  const { size } = await picture.toFile(join(root, 'docs/images/demo.png'));
  console.log(`docs/images/demo.png, ${Math.round(size / 1000)} kB`);
} finally {
  await browser.close();
  await rm(out, { recursive: true });
}
