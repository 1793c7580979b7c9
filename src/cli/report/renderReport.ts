import { readFile } from 'node:fs/promises';
import { inlineScripts } from './inlineScripts.ts';
import { linkPageScript } from './linkPageScript.ts';
import { readPageLibraries } from './readPageLibraries.ts';
import type { ReportData } from './reportData.ts';

/** A picture as it lies in the page. */
export interface InlineImage {
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

/** What {@link renderReport} makes a page of. */
export interface Report {
  readonly data: ReportData;
  readonly image: InlineImage;
  /** Where the picture comes from, and what the page is made with. */
  readonly credit: string;
}

/**
 * Renders a run as one HTML page that opens from disk: picture, scripts and styles lie in it, and its policy forbids the network.
 *
 * @throws ConfigurationError where the libraries it draws with are not installed.
 */
export async function renderReport({ data, image, credit }: Report): Promise<string> {
  const asset = (name: string): Promise<string> => readFile(new URL(`./${name}`, import.meta.url), 'utf8');
  const libraries = await readPageLibraries();
  const [page, styles, script] = await Promise.all([asset('report.html'), asset('report.css'), linkPageScript()]);
  const scripts = inlineScripts([...libraries.scripts, script]);
  const title = `${data.detections.length} detections on ${data.picture.name}`;
  const policy = [
    "default-src 'none'",
    `script-src ${scripts.hashes.map((hash) => `'${hash}'`).join(' ')}`,
    "style-src 'unsafe-inline'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const values: Readonly<Record<string, string>> = {
    policy,
    title: escapeHtml(title),
    styles: `${libraries.styles}\n${styles}`,
    image: `data:${image.contentType};base64,${Buffer.from(image.bytes).toString('base64')}`,
    imageAlt: escapeHtml(data.picture.name),
    data: inlineJson(data),
    credit: escapeHtml(credit),
    scripts: scripts.html,
  };
  return page.replace(/\{\{(\w+)\}\}/g, (_, name: string) => values[name] ?? '');
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}

/** No `<` is left, so that nothing in the data can end the element or begin another. */
function inlineJson(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}
