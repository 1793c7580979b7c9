import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorTable } from '../src/errors/errorTable.ts';
import { readSources } from './support/architecture/readSources.ts';
import { fillBlocks, pages } from './support/generate/pages.ts';

describe('generated blocks (npm run generate writes them anew)', () => {
  it.each(pages().map((page) => [basename(page.pathname), page]))('of %s are up to date', (_, page) => {
    const text = readFileSync(page, 'utf8');
    expect(text).toBe(fillBlocks(text));
  });

  it('are there: every error code is explained', () => {
    const errors = pages().find(({ pathname }) => pathname.endsWith('/docs/errors.md'));
    expect(errors && readFileSync(errors, 'utf8')).toContain('<!-- generated:errors -->');
  });

  it('must be closed, and ask for something that exists', () => {
    const table = fillBlocks('a\n<!-- generated:options backoff -->\n<!-- /generated -->\nb\n');
    expect(table).toContain('| `maxMs` | whole number | `15000` | ms |');
    expect(table.startsWith('a\n') && table.endsWith('-->\nb\n')).toBe(true);
    expect(() => fillBlocks('<!-- generated:errors -->\n')).toThrow('has no <!-- /generated -->');
    expect(() => fillBlocks('<!-- generated:options x -->\n<!-- /generated -->')).toThrow(
      'no generated block "options x"',
    );
  });
});

it('the table of errors has every code that a class declares, and no other', () => {
  const declared = readSources('src').flatMap(({ text }) => {
    return [...text.matchAll(/override readonly code\b[^;]*/g)].flatMap(([line]) => line.match(/'[A-Z_]+'/g) ?? []);
  });
  const codes = new Set(declared.map((code) => code.slice(1, -1)));
  expect(Object.keys(errorTable).sort()).toEqual([...codes].sort());
});
