import type { MonoTypeOperatorFunction } from 'rxjs';
import { checkConfig } from '../config/checkConfig.ts';
import { type FileSinkOptions, fileSinkOptions } from '../config/fileSinkOptions.ts';
import type { InferredTile } from '../operators/awaitResult.ts';
import type { Envelope } from '../tile/envelope.ts';
import { fileWriter } from './file/fileWriter.ts';
import { toWriter } from './toWriter.ts';

/** What is written of a tile. */
export interface LineOptions<T> {
  /** Values to write as JSON, a line each; none is fine. GeoJSON lines are features. */
  readonly lines: (tile: T) => readonly unknown[];
}

const recordSeparator = '\u001e';

/**
 * Appends each tile to a file as lines of JSON, and acknowledges the tile after its lines are on the disk. They stand together.
 *
 * Without `lines` the endpoint's answer is written, which must be JSON, in one line. After a crash lines may stand there twice; a line
 * that was cut short is removed.
 *
 * @throws ConfigurationError when an option breaks its rule.
 * @example
 * toFile({ path: 'out/detections.geojsonl', lines: ({ features }) => features })
 */
export function toFile<T extends object>(
  options: FileSinkOptions & LineOptions<T>,
): MonoTypeOperatorFunction<Envelope<T>>;
export function toFile<T extends InferredTile>(options: FileSinkOptions): MonoTypeOperatorFunction<Envelope<T>>;
export function toFile<T extends Partial<InferredTile>>({
  lines,
  ...options
}: FileSinkOptions & Partial<LineOptions<T>>): MonoTypeOperatorFunction<Envelope<T>> {
  const { path, format } = checkConfig(fileSinkOptions, options);
  const begin = format === 'geojson-seq' ? recordSeparator : '';
  const linesOf = (tile: T): string[] => (lines === undefined ? [answerOf(tile)] : lines(tile).map(toLine));
  return toWriter<T>(fileWriter(path), {
    toRecord: ({ tile }) => {
      const text = linesOf(tile).map((line) => begin + line);
      return { key: null, value: Buffer.from(text.join('\n')), headers: [] };
    },
  });
}

function toLine(value: unknown): string {
  const text: string | undefined = JSON.stringify(value);
  if (text === undefined) throw new TypeError(`a line must be JSON, got ${typeof value}`);
  return text;
}

/** The answer as it is, but in one line: outside of texts JSON may have any white space, inside them it has no line feeds. */
function answerOf({ result }: Partial<InferredTile>): string {
  if (result === undefined) throw new TypeError('toFile needs lines, or a stage before it that infers');
  const text = result.text();
  JSON.parse(text);
  return text.replaceAll(/[\r\n]+/g, ' ').trim();
}
