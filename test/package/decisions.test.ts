import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };

const folder = join(import.meta.dirname, '../../docs/decisions');
const read = (name: string): string => readFileSync(join(folder, name), 'utf8');

describe('docs/decisions', () => {
  it('gives a reason for each package that comes with swath, and for no other', () => {
    const [required = '', optional = ''] = read('0001-runtime-dependencies.md').split('\nOptional:\n');
    const rows = (text: string): string[] =>
      [...text.matchAll(/^\| `([^`]+)` *\|/gm)].map((row) => row[1] ?? '').sort();
    expect(rows(required)).toEqual(Object.keys(manifest.dependencies).sort());
    expect(rows(optional)).toEqual(Object.keys(manifest.optionalDependencies).sort());
  });

  it('lists every decision, each in the agreed form', () => {
    const pages = globSync('[0-9]*.md', { cwd: folder }).sort();
    const listed = [...read('README.md').matchAll(/\]\((\d{4}-[^)]+)\)/g)].map(([, page]) => basename(page ?? ''));
    expect(listed).toEqual(pages);
    for (const page of pages) {
      for (const part of ['Context', 'Decision', 'Consequences']) expect(read(page)).toContain(`\n## ${part}\n`);
    }
  });
});
