import { type Comment, type Program, parseSync, Visitor } from 'oxc-parser';

/** A module that a file asks for. */
export interface Import {
  readonly specifier: string;
  readonly line: number;
}

/** A name that a file exports; `*` for everything of another module. */
export interface Export {
  readonly name: string;
  readonly isType: boolean;
}

/** A parsed source file; its path starts at the repository and uses `/`. */
export interface Source {
  readonly path: string;
  readonly text: string;
  readonly program: Program;
  readonly comments: readonly Comment[];
  readonly imports: readonly Import[];
  readonly exports: readonly Export[];
  lineOf(offset: number): number;
}

/** Parses one TypeScript or JavaScript file. */
export function parseSource(path: string, text: string): Source {
  const { program, module, comments, errors } = parseSync(path, text);
  if (errors[0]) throw new SyntaxError(`${path}: ${errors[0].message}`);
  const lineOf = (offset: number): number => text.slice(0, offset).split('\n').length;
  const asked = new Map<number, string>(); // by offset, so that one statement with many names counts once
  for (const { moduleRequest } of module.staticImports) asked.set(moduleRequest.start, moduleRequest.value);
  for (const entry of module.staticExports.flatMap(({ entries }) => entries)) {
    if (entry.moduleRequest) asked.set(entry.moduleRequest.start, entry.moduleRequest.value);
  }
  new Visitor({
    ImportExpression: ({ source }) => {
      if (source.type === 'Literal' && typeof source.value === 'string') asked.set(source.start, source.value);
    },
    TSImportType: ({ source }) => void asked.set(source.start, source.value),
  }).visit(program);
  const exports = module.staticExports.flatMap(({ entries }) =>
    entries.map(({ exportName, isType }) => {
      const names = { Name: exportName.name ?? '', Default: 'default', None: '*' } as const;
      return { name: names[exportName.kind], isType };
    }),
  );
  const imports = [...asked].map(([offset, specifier]) => ({ specifier, line: lineOf(offset) }));
  return { path, text, program, comments, imports, exports, lineOf };
}
