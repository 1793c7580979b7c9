import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { demoRun } from '../integration/demo/demoRun.ts';
import { launchBrowser } from '../support/browser/launchBrowser.ts';

it('shows all of a real run', async () => {
  const run = await demoRun();
  onTestFinished(() => run.remove());
  const folder = await mkdtemp(join(tmpdir(), 'swath-page-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'moved.html'); // it needs none of the files beside it
  await writeFile(file, await run.read('index.html'));
  const browser = await launchBrowser();
  onTestFinished(() => browser.close());
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => requests.push(request.url()));
  const url = pathToFileURL(file).href;
  await page.goto(url);
  await page.locator('#calls svg').waitFor();

  expect(await page.locator('#map path.detection').count()).toBe(run.features.length);
  const bars = page.locator('#latencies .bins rect');
  const labels = await bars.evaluateAll((all) => all.map((bar) => bar.getAttribute('aria-label') ?? ''));
  expect(labels.reduce((sum, label) => sum + Number.parseInt(label, 10), 0)).toBe(200);
  const names = await page.locator('#trace .name').allTextContents();
  expect(names).toEqual(['send tiles', 'process tiles', 'invoke', 'infer', 'await', 'locate', 'send detections']);
  expect(await page.locator('#trace .bar.away').count()).toBe(1);
  expect(await page.locator('#trace-id').textContent()).toBe(run.summary.exampleTrace);
  expect(complaints).toEqual([]);
  expect(requests.filter((asked) => asked !== url && !asked.startsWith('data:'))).toEqual([]);
});
