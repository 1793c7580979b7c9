import { readFileSync, statSync } from 'node:fs';
import { parseDocument } from 'yaml';
import { ConfigurationError } from '../errors/configurationError.ts';
import { messageOf } from '../errors/messageOf.ts';
import { readPipe } from './readPipe.ts';

const maxErrors = 3;

/**
 * Reads a YAML or JSON file (JSON is YAML, too), or what is written to a pipe.
 *
 * @throws ConfigurationError when the file cannot be read, is neither, or holds something else than a section.
 */
export function readConfigFile(file: string): Readonly<Record<string, unknown>> {
  const document = parse(readText(file), file);
  if (document.errors.length > 0) {
    // The rest mostly follows from the first ones, and of a file that is no YAML at all there are thousands.
    const problems = document.errors.slice(0, maxErrors).map(({ message, linePos, code }) => {
      const place = linePos === undefined ? '' : `line ${linePos[0].line}, column ${linePos[0].col}: `;
      // The library's message ends with a copy of the lines, which may hold a secret.
      const text = code === 'MULTIPLE_DOCS' ? 'holds more than one document' : message.split(/ at line \d+/, 1)[0];
      return { field: file, rule: `${place}${text ?? message}` };
    });
    throw new ConfigurationError(problems);
  }
  const value: unknown = toValue(document, file);
  if (!isTree(value)) {
    throw new ConfigurationError([{ field: file, rule: 'must not hold a section inside itself, or a hundred levels' }]);
  }
  if (value === null) return {}; // an empty file, or comments alone
  if (typeof value === 'object' && !Array.isArray(value)) return value as Readonly<Record<string, unknown>>;
  throw new ConfigurationError([{ field: file, rule: 'must hold options by name, like "source: { topic: tiles }"' }]);
}

function parse(text: string, file: string): ReturnType<typeof parseDocument> {
  try {
    return parseDocument(text, { prettyErrors: true });
  } catch (cause) {
    throw new ConfigurationError([{ field: file, rule: `cannot be parsed (${String(cause)})` }], { cause });
  }
}

/** An anchor that is used inside itself makes a value without end. */
function isTree(value: unknown, levels = 100): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((item) => isTree(item, levels - 1));
}

function toValue(document: ReturnType<typeof parseDocument>, file: string): unknown {
  try {
    return document.toJS();
  } catch (cause) {
    const rule = messageOf(cause); // an alias without an anchor, too many aliases
    throw new ConfigurationError([{ field: file, rule }], { cause });
  }
}

function readText(file: string): string {
  try {
    return statSync(file).isFIFO() ? readPipe(file) : readFileSync(file, 'utf8');
  } catch (cause) {
    if (cause instanceof ConfigurationError) throw cause;
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    const rule =
      code === 'ENOENT'
        ? 'there is no such file'
        : code === 'EISDIR'
          ? 'must be a file, it is a folder'
          : `cannot be read (${String(code ?? cause)})`;
    throw new ConfigurationError([{ field: file, rule }], { cause });
  }
}
