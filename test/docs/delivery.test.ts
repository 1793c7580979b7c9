import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const docs = join(import.meta.dirname, '../../docs');
const page = await readFile(join(docs, 'delivery.md'), 'utf8');

it('shows each fault by a test that exists', async () => {
  const rows = page.split('\n').filter((line) => line.includes('](../test/') && line.startsWith('|'));
  expect(rows.length).toBeGreaterThan(20);
  const links = [...page.matchAll(/\]\((?!http)([^)#]+)/g)].map(([, target = '']) => target);
  for (const target of links) await expect(access(join(docs, target)).then(() => target)).resolves.toBe(target);
});

it('tells what was measured by a full run that lost nothing', () => {
  const [, measured = ''] = /<!-- measured:recovery -->\n([\s\S]*?)<!-- \/measured -->/.exec(page) ?? [];
  expect(measured).toMatch(/^\| swath \| 100 \| [\d,]+ \| [\d,]+ \| 0 \|/m);
  expect(measured).toMatch(/^\| plain consumer \| 100 \|/m);
});
