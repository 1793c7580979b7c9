import { existsSync, readdirSync } from 'node:fs';
import { renderBlock } from './generatedBlocks.ts';

const root = new URL('../../../', import.meta.url);
const BLOCK = /<!-- generated:([^\n]*?) -->\n[\s\S]*?<!-- \/generated -->/g;
const OPEN = /<!-- generated:/g;

/** Lists the pages that may hold generated blocks: the README and everything directly in `docs`. */
export function pages(): readonly URL[] {
  const docs = new URL('docs/', root);
  const names = existsSync(docs) ? readdirSync(docs).filter((name) => name.endsWith('.md')) : [];
  const readme = new URL('README.md', root);
  return [...(existsSync(readme) ? [readme] : []), ...names.sort().map((name) => new URL(name, docs))];
}

/**
 * Fills a page's generated blocks with what they should hold now.
 *
 * @throws Error when a block has no end, or asks for what does not exist.
 */
export function fillBlocks(text: string): string {
  let filled = 0;
  const page = text.replace(BLOCK, (_, what: string) => {
    filled++;
    return `<!-- generated:${what} -->\n${renderBlock(what)}\n<!-- /generated -->`;
  });
  if (filled !== (text.match(OPEN)?.length ?? 0))
    throw new Error('a generated block has no <!-- /generated --> behind it');
  return page;
}
