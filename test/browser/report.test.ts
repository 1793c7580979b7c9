import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type Report, renderReport } from '../../src/cli/report/renderReport.ts';
import { launchBrowser } from '../support/browser/launchBrowser.ts';
import { sampleReport } from '../support/report/sampleReport.ts';

let browser: Browser;
let folder: string;
let report: Report;
let url: string;

const write = async (name: string, made: Report): Promise<string> => {
  const file = join(folder, name);
  await writeFile(file, await renderReport(made));
  return pathToFileURL(file).href;
};

beforeAll(async () => {
  browser = await launchBrowser();
  folder = await mkdtemp(join(tmpdir(), 'swath-report-'));
  report = await sampleReport();
  url = await write('index.html', report);
});

afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

/** Opens a page from disk; what it complains of, and what it asks others for, is collected. */
const open = async (
  address: string,
  width = 1280,
): Promise<{ page: Page; complaints: string[]; requests: string[] }> => {
  const page = await browser.newPage({ viewport: { width, height: 900 }, reducedMotion: 'reduce' });
  onTestFinished(() => page.close());
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => requests.push(request.url()));
  await page.goto(address);
  await page.locator('#calls svg').waitFor();
  return { page, complaints, requests: requests.filter((asked) => asked !== address && !asked.startsWith('data:')) };
};

describe('the report', () => {
  let page: Page;
  let complaints: string[];
  let requests: string[];
  beforeEach(async () => {
    ({ page, complaints, requests } = await open(url));
  });

  it('opens from disk without a complaint, and asks nobody for anything', async () => {
    await page.locator('#largest button').first().click();
    expect(complaints).toEqual([]);
    expect(requests).toEqual([]);
    expect(await page.title()).toBe('24 detections on night.jpg');
  });

  it('outlines every detection on the picture, and takes the outlines away when asked', async () => {
    expect(await page.locator('#map path.detection').count()).toBe(report.data.detections.length);
    const image = page.locator('#map img.leaflet-image-layer');
    expect(await image.evaluate((element) => (element as HTMLImageElement).naturalWidth)).toBe(1024);
    await page.getByLabel('Outlines').uncheck();
    expect(await page.locator('#map path.detection').count()).toBe(0);
  });

  it('puts an outline where the picture shows the light', async () => {
    const at = async (selector: string) =>
      (await page.locator(selector).first().boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    const [image, outline] = [await at('#map img.leaflet-image-layer'), await at('#map path.detection')];
    const perPixel = image.width / 1024;
    expect(outline.x - image.x).toBeCloseTo(80 * perPixel, -0.5);
    expect(outline.y - image.y).toBeCloseTo(80 * perPixel, -0.5);
  });

  it('says area and confidence of the detection that is pointed at, and nothing far from all', async () => {
    const last = page.locator('#map path.detection').last();
    await last.hover({ force: true });
    const tooltip = page.locator('.detection-tooltip');
    expect(await tooltip.textContent()).toMatch(/Area3,100 km²/);
    expect(await tooltip.textContent()).toMatch(/Confidence96 %/);
    expect(await tooltip.textContent()).toMatch(/Place[\d.]+° S, [\d.]+° E/);
    const box = (await page.locator('#map').boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    await page.mouse.move(box.x + box.width / 2, box.y + 3);
    await expect.poll(() => tooltip.count()).toBe(0);
  });

  it('draws the latencies as bars that count all tiles, with median and 95th percentile', async () => {
    const bars = page.locator('#latencies .bins rect');
    expect(await bars.count()).toBeGreaterThan(8);
    const labels = await bars.evaluateAll((all) => all.map((bar) => bar.getAttribute('aria-label') ?? ''));
    expect(labels.reduce((sum, label) => sum + Number.parseInt(label, 10), 0)).toBe(120);
    expect(await page.locator('#latencies').textContent()).toMatch(/95 % within .*median/s);
  });

  it('draws the requests per tile', async () => {
    const text = await page.locator('#calls').textContent();
    expect(text).toContain('s3.GetObject');
    expect(text).toContain('2.5  (300)');
  });

  it("draws one tile's trace, the container's span among the others, with its looks for the result", async () => {
    const names = await page.locator('#trace .name').allInnerTexts();
    expect(names).toEqual([
      'send tiles',
      'process tiles',
      'upload',
      'invoke',
      'infer',
      'await',
      'features',
      'send detections',
    ]);
    expect(await page.locator('#trace .bar.away').count()).toBe(1);
    const wait = page.locator('#trace details', { hasText: 'await' });
    expect(await wait.locator('.event').count()).toBe(3);
    await wait.locator('summary').click();
    expect(await wait.locator('.events').textContent()).toMatch(/poll at .*swath\.attempt1/);
    const edges = await page
      .locator('#trace .bar')
      .evaluateAll((all) =>
        all.map((bar) => [bar.getBoundingClientRect().left, bar.getBoundingClientRect().right] as const),
      );
    const [[start, end] = [0, 0], ...inner] = edges; // `process tiles`; what was published before has no bar
    expect(inner.every(([left, right]) => left >= start - 1 && right <= end + 1)).toBe(true);
  });

  it('can be used without a pointer', async () => {
    const focused = (): Promise<string> =>
      page.evaluate(
        () => document.activeElement?.id || document.activeElement?.className || document.activeElement?.tagName || '',
      );
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('skip');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    expect(await focused()).toContain('leaflet-control-zoom-in');
    const before = await page.locator('#map path.detection').first().getAttribute('d');
    await page.locator('#map').focus();
    await page.keyboard.press('+');
    await expect.poll(() => page.locator('#map path.detection').first().getAttribute('d')).not.toBe(before);

    await page.locator('#largest button').first().focus();
    await page.keyboard.press('Enter');
    await expect
      .poll(() => page.locator('.detection-tooltip').allInnerTexts())
      .toEqual([expect.stringContaining('3,100 km²')]);

    const row = page.locator('#trace summary').nth(1);
    await row.focus();
    await page.keyboard.press('Enter');
    expect(await page.locator('#trace details[open] .facts').first().textContent()).toContain('tile.id');
    const ring = await row.evaluate((element) => getComputedStyle(element).outlineStyle);
    expect(ring).toBe('solid');
  });

  it('gives every picture and control a name', async () => {
    const unnamed = await page.evaluate(() =>
      [...document.querySelectorAll('img, button, input, a, summary, svg, [role=region]')]
        .filter((element) => {
          const label = element.closest('label')?.textContent ?? '';
          const name =
            element.getAttribute('aria-label') ?? element.getAttribute('alt') ?? `${element.textContent}${label}`;
          return name.trim() === '' && element.closest('#map .leaflet-pane') === null;
        })
        .map((element) => element.outerHTML.slice(0, 80)),
    );
    expect(unnamed).toEqual([]);
  });
});

describe('the report elsewhere', () => {
  it('fits a telephone without scrolling sideways', async () => {
    const { page, complaints } = await open(url, 360);
    const [shown, whole] = await page.evaluate(() => [innerWidth, document.documentElement.scrollWidth]);
    expect(whole).toBe(shown);
    expect(complaints).toEqual([]);
  });

  it('shows a picture that has no place on earth in pixels', async () => {
    const { page, complaints } = await open(await write('plain.html', await sampleReport({ located: false })));
    expect(await page.locator('#map path.detection').count()).toBe(24);
    await page.locator('#map path.detection').last().hover({ force: true });
    expect(await page.locator('.detection-tooltip').textContent()).toMatch(/Area961 px.*Place896, 426 px/);
    expect(complaints).toEqual([]);
  });

  it('shows names as they are, whatever they hold', async () => {
    const evil = '<img src=x onerror="document.title=1">.jpg';
    const { page, complaints, requests } = await open(await write('evil.html', await sampleReport({ name: evil })));
    expect(await page.locator('h1').textContent()).toBe(`24 detections on ${evil}`);
    expect([complaints, requests]).toEqual([[], []]);
  });

  it('says so when no trace was recorded', async () => {
    const made = { ...report, data: { ...report.data, trace: null, latenciesMs: [] } };
    const { page, complaints } = await open(await write('untraced.html', made));
    expect(await page.locator('#trace').textContent()).toBe('No trace was recorded.');
    expect(await page.locator('#latencies').textContent()).toBe('No trace was recorded.');
    expect(complaints).toEqual([]);
  });
});
