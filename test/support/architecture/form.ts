import { Visitor } from 'oxc-parser';
import { placeOf } from './arrows.ts';
import type { Source } from './parseSource.ts';

/** Lists TypeScript that does not vanish when its types are erased, and relative imports without `.ts`. */
export function wrongSyntax(sources: readonly Source[]): string[] {
  const code = sources.filter(({ path }) => !path.endsWith('.d.ts')); // a declaration is erased as a whole
  return code.flatMap(({ path, program, imports, lineOf }) => {
    const found = imports
      .filter(({ specifier }) => /^\.\.?\//.test(specifier) && !/\.(ts|json)$/.test(specifier))
      .map(({ specifier, line }) => `${path}:${line} imports ${specifier} without its extension`);
    const note =
      (what: string) =>
      ({ start }: { start: number }): void =>
        void found.push(`${path}:${lineOf(start)} has ${what}`);
    new Visitor({
      TSEnumDeclaration: note('an enum'),
      TSModuleDeclaration: (node) => {
        if (!node.declare && node.kind !== 'global') note('a namespace')(node);
      },
      TSParameterProperty: note('a parameter property'),
      TSImportEqualsDeclaration: note('import ='),
      TSExportAssignment: note('export ='),
      Decorator: note('a decorator'),
    }).visit(program);
    return found;
  });
}

/** Lists default exports outside `pipelines/`. */
export function wrongDefaults(sources: readonly Source[]): string[] {
  return sources
    .filter(({ path, exports }) => placeOf(path) !== 'pipelines' && exports.some(({ name }) => name === 'default'))
    .map(({ path }) => `${path} has a default export`);
}

/** Lists files over the limit of 300 lines, those over 200 without a reason, and reasons that no file needs. */
export function wrongLengths(sources: readonly Source[], reasons: Readonly<Record<string, string>>): string[] {
  const lengths = new Map(sources.map(({ path, text }) => [path, text.split('\n').length - 1]));
  const long = [...lengths].filter(([path, lines]) => lines > 300 || (lines > 200 && !reasons[path]));
  const idle = Object.keys(reasons).filter((path) => (lengths.get(path) ?? 0) <= 200);
  return [
    ...long.map(([path, lines]) => `${path} has ${lines} lines`),
    ...idle.map((path) => `${path} needs no reason for its length`),
  ];
}

/** Lists comments that put work off or silence a tool; a test of types may expect an error. */
export function wrongComments(sources: readonly Source[]): string[] {
  return sources.flatMap(({ path, comments, lineOf }) =>
    comments
      .filter(
        ({ value }) =>
          /\b(TODO|FIXME|XXX|HACK)\b|@ts-(ignore|nocheck)|biome-ignore|v8 ignore/.test(value) ||
          (value.includes('@ts-expect-error') && !path.startsWith('test/')),
      )
      .map(({ value, start }) => `${path}:${lineOf(start)} says ${value.trim()}`),
  );
}

/** Lists tests that are skipped, put off, or the only ones to run. */
export function wrongTests(sources: readonly Source[]): string[] {
  return sources.flatMap(({ path, program, lineOf }) => {
    const found: string[] = [];
    new Visitor({
      MemberExpression: ({ object, property, start }) => {
        if (object.type !== 'Identifier' || property.type !== 'Identifier') return;
        const isTest = ['it', 'test', 'describe', 'bench'].includes(object.name);
        const stops = ['skip', 'skipIf', 'runIf', 'only', 'todo', 'fails'].includes(property.name);
        if (isTest && stops) found.push(`${path}:${lineOf(start)} has ${object.name}.${property.name}`);
      },
    }).visit(program);
    return found;
  });
}
