import { readFileSync, writeFileSync } from 'node:fs';
import { fillBlocks, pages } from './pages.ts';

// npm run generate: brings the generated blocks of README.md and docs/*.md up to date.
for (const page of pages()) {
  const text = readFileSync(page, 'utf8');
  const filled = fillBlocks(text);
  if (filled === text) continue;
  writeFileSync(page, filled);
  process.stdout.write(`wrote ${page.pathname}\n`);
}
