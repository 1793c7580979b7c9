import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import longFiles from './long-files.json' with { type: 'json' };
import { mutants } from './mutants/mutants.ts';
import { wrongAmbient } from './support/architecture/ambient.ts';
import { wrongArrows } from './support/architecture/arrows.ts';
import { cycles } from './support/architecture/cycles.ts';
import { wrongComments, wrongDefaults, wrongLengths, wrongSyntax, wrongTests } from './support/architecture/form.ts';
import { misplacedMutants } from './support/architecture/mutants.ts';
import { wrongPackages } from './support/architecture/packages.ts';
import { parseSource, type Source } from './support/architecture/parseSource.ts';
import { readSources } from './support/architecture/readSources.ts';
import { surfaceOf } from './support/architecture/surface.ts';

const sources = readSources('src', 'pipelines', 'model');
const tests = readSources('test');
const surfaceFile = new URL('./public-surface.json', import.meta.url);

describe('the code', () => {
  it('imports only from folders above', () => expect(wrongArrows(sources)).toEqual([]));
  it('imports only packages it may', () => expect(wrongPackages(sources, manifest)).toEqual([]));
  it('has no circles of imports', () => expect(cycles(sources)).toEqual([]));
  it('takes clock, chance and the end of the process from outside', () => expect(wrongAmbient(sources)).toEqual([]));
  it('is TypeScript that can be erased', () => expect(wrongSyntax([...sources, ...tests])).toEqual([]));
  it('exports by name', () => expect(wrongDefaults([...sources, ...tests])).toEqual([]));
  it('keeps its files short', () => expect(wrongLengths(sources, longFiles)).toEqual([]));
  it('puts nothing off and silences no tool', () => expect(wrongComments([...sources, ...tests])).toEqual([]));
  it('runs all of its tests', () => expect(wrongTests(tests)).toEqual([]));
  it('has each mutant where it says', () => expect(misplacedMutants(sources, mutants)).toEqual([]));
});

describe('the public surface', () => {
  it('is the one that was agreed (npm run surface writes it anew)', () => {
    const surface = surfaceOf(sources);
    if (process.env['UPDATE_SURFACE']) writeFileSync(surfaceFile, `${JSON.stringify(surface, undefined, 2)}\n`);
    expect(surface).toEqual(JSON.parse(readFileSync(surfaceFile, 'utf8')));
  });

  it('is named, never everything of a module', () => {
    const entries = sources.filter(({ path }) => /^src\/(index|testing)\.ts$/.test(path));
    const everything = entries.filter(({ exports }) => exports.some(({ name }) => name === '*'));
    expect(everything.map(({ path }) => path)).toEqual([]);
  });
});

describe('the rules', () => {
  const one = (path: string, text: string): Source[] => [parseSource(path, text)];
  const declared = { dependencies: { kafkajs: '2', rxjs: '7' }, optionalDependencies: { sharp: '0' } };

  it.each([
    ['src/tile/a.ts', "import { b } from '../operators/b.ts';"],
    ['src/tile/a.ts', "import type { b } from '../operators/b.ts';"],
    ['src/tile/a.ts', "export { b } from '../operators/b.ts';"],
    ['src/tile/a.ts', "const b = await import('../operators/b.ts');"],
    ['src/tile/a.ts', "type B = import('../operators/b.ts').B;"],
    ['src/kafka/a.ts', "import { b } from '../aws/b.ts';"],
    ['src/imagery/a.ts', "import { b } from '../tile/b.ts';"],
    ['src/local/a.ts', "import { b } from '../aws/b.ts';"],
    ['src/sinks/a.ts', "import { b } from '../local/b.ts';"],
    ['src/index.ts', "export { b } from './cli/b.ts';"],
    ['pipelines/a.ts', "import { b } from '../src/kafka/b.ts';"],
    ['model/a.ts', "import { b } from '../src/tile/b.ts';"],
    ['src/other/a.ts', 'export const a = 1;'],
  ])('find an arrow in %s: %s', (path, text) => expect(wrongArrows(one(path, text))).toHaveLength(1));

  it('let arrows to folders above, to the own one and to the entry point pass', () => {
    const fine = [
      ...one('src/sinks/a.ts', "import { b } from '../tile/b.ts'; import { c } from './c.ts';"),
      ...one('pipelines/a.ts', "import { b } from '../src/index.ts'; import { z } from 'zod';"),
      ...one('src/cli/a.ts', "import { b } from '../local/b.ts'; import { c } from '../../model/c.ts';"),
    ];
    expect(wrongArrows(fine)).toEqual([]);
  });

  it.each([
    ['src/sinks/a.ts', "import { Kafka } from 'kafkajs';"],
    ['src/kafka/a.ts', "import { x } from 'undeclared/deep';"],
    ['src/tile/a.ts', "import sharp from 'sharp';"],
  ])('find a package in %s: %s', (path, text) => expect(wrongPackages(one(path, text), declared)).toHaveLength(1));

  it('let declared packages and those of Node pass where they belong', () => {
    const text = "import { Kafka } from 'kafkajs'; import { map } from 'rxjs/operators'; import 'node:fs';";
    expect(wrongPackages(one('src/kafka/a.ts', text), declared)).toEqual([]);
    expect(wrongPackages(one('src/local/a.ts', "import sharp from 'sharp';"), declared)).toEqual([]);
  });

  it('find a circle, also of types', () => {
    const a = parseSource('src/tile/a.ts', "import { b } from './b.ts';");
    const b = parseSource('src/tile/b.ts', "import type { a } from '../tile/a.ts';");
    expect(cycles([a, b])).toEqual(['src/tile/a.ts → src/tile/b.ts → src/tile/a.ts']);
  });

  it.each(['const t = Date.now();', 'const f = () => performance.now();', 'const d = new Date();', 'process.exit(1);'])(
    'find what comes from outside: %s',
    (text) => expect(wrongAmbient(one('src/tile/a.ts', text))).toHaveLength(1),
  );

  it('let a clock pass as a default', () => {
    const text = 'const f = ({ now = Date.now, random = () => Math.random() }) => { const n = now ?? Date.now; };';
    expect(wrongAmbient(one('src/tile/a.ts', text))).toEqual([]);
  });

  it.each(['enum A { B }', 'namespace A { export const b = 1; }', 'class A { constructor(readonly b: string) {} }'])(
    'find what cannot be erased: %s',
    (text) => expect(wrongSyntax(one('src/tile/a.ts', text))).toHaveLength(1),
  );

  it('find an import without its extension', () => {
    expect(wrongSyntax(one('src/tile/a.ts', "import { b } from './b';"))).toHaveLength(1);
  });

  it('find long files, and reasons without one', () => {
    const lines = (n: number): Source[] => one('src/tile/a.ts', '\n'.repeat(n));
    expect(wrongLengths(lines(201), {})).toHaveLength(1);
    expect(wrongLengths(lines(201), { 'src/tile/a.ts': 'a table' })).toEqual([]);
    expect(wrongLengths(lines(301), { 'src/tile/a.ts': 'a table' })).toHaveLength(1);
    expect(wrongLengths(lines(200), { 'src/tile/a.ts': 'a table' })).toHaveLength(1);
  });

  it('find a mutant that breaks nothing, or more than one place', () => {
    const mutant = (find: string) => [{ breaks: 'a rule', file: 'src/tile/a.ts', find, replace: '' }];
    const sources = one('src/tile/a.ts', 'const a = b + b;');
    expect(misplacedMutants(sources, mutant('a = b'))).toEqual([]);
    expect(misplacedMutants(sources, mutant('b'))).toHaveLength(1);
    expect(misplacedMutants(sources, mutant('d'))).toHaveLength(1);
    expect(misplacedMutants([], mutant('a = b'))).toHaveLength(1);
  });

  it('find work put off, tools silenced, tests left out and default exports', () => {
    const word = 'TODO';
    expect(wrongComments(one('src/tile/a.ts', `// ${word}: later`))).toHaveLength(1);
    expect(wrongComments(one('src/tile/a.ts', '// @ts-expect-error why'))).toHaveLength(1);
    expect(wrongTests(one('test/a.test.ts', "it.skip('a', () => {});"))).toHaveLength(1);
    expect(wrongDefaults(one('src/tile/a.ts', 'export default 1;'))).toHaveLength(1);
    expect(wrongDefaults(one('pipelines/a.ts', 'export default 1;'))).toEqual([]);
  });
});
