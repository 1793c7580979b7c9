import { readFile, writeFile } from 'node:fs/promises';
import { detectImage } from '../../../model/detectImage.ts';
import type { DetectionResult } from '../../../model/detectionResult.ts';
import { drawDetections } from '../../../model/drawDetections.ts';
import { loadModelConfig } from '../../../model/loadModelConfig.ts';
import { ModelRequestError } from '../../../model/modelRequestError.ts';
import { ModelConfigError, parseModelConfig } from '../../../model/parseModelConfig.ts';
import { ConfigurationError } from '../../errors/configurationError.ts';
import { messageOf } from '../../errors/messageOf.ts';
import { artefactFolder } from '../local/artefactFolder.ts';

/** What `swath detect` is told. */
export interface DetectCommandOptions {
  readonly detector: string;
  readonly visualize?: string | undefined;
  readonly output?: string | undefined;
  readonly minArea?: number | undefined;
  readonly maxArea?: number | undefined;
}

const undecodable = 'Failed to decode image';

/**
 * Runs the model on a picture in a file, with the parameters its container has, and writes the files that were asked for.
 *
 * @throws ConfigurationError when the picture, an option or a file cannot be used.
 */
export async function detectFile(image: string, options: DetectCommandOptions): Promise<DetectionResult> {
  const { detector, minArea, maxArea, output, visualize } = options;
  try {
    const config = parseModelConfig(
      {
        ...(await loadModelConfig(artefactFolder(detector))),
        ...(minArea !== undefined && { min_area: minArea }),
        ...(maxArea !== undefined && { max_area: maxArea }),
      },
      'options',
    );
    const bytes = await read(image);
    const result = await detectImage(bytes, { config });
    if (output !== undefined) await write(output, `${JSON.stringify(result, undefined, 2)}\n`);
    if (visualize !== undefined) await write(visualize, await drawDetections(bytes, result));
    return result;
  } catch (cause) {
    if (cause instanceof ModelRequestError) throw unusable(image, ruleOf(cause), cause);
    if (cause instanceof ModelConfigError) {
      throw new ConfigurationError(cause.message.split('\n').map(problemOf), { cause });
    }
    throw cause;
  }
}

/** The model says of whatever it cannot read that it failed to decode it; the reason is in the cause, where the header was good. */
function ruleOf({ message, cause }: ModelRequestError): string {
  if (message !== undecodable) return message;
  if (cause === undefined) return 'must be a PNG or JPEG, and is neither';
  const line = messageOf(cause).split('\n', 1)[0];
  return `must be a PNG or JPEG that can be decoded whole (${line})`;
}

/** The model's words for its settings become ours: `options: max_area: must be …`. */
function problemOf(line: string): { field: string; rule: string } {
  const [, setting = '', rule = line] = /^options: (\w+): (.*)$/s.exec(line) ?? [];
  return { field: setting === '' ? 'options' : `--${setting.replaceAll('_', '-')}`, rule };
}

async function read(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw unusable(path, reasonOf(cause, 'there is no such file', 'read'), cause);
  }
}

async function write(path: string, content: string | Uint8Array): Promise<void> {
  try {
    await writeFile(path, content);
  } catch (cause) {
    throw unusable(path, reasonOf(cause, 'there is no such folder', 'written'), cause);
  }
}

function reasonOf(error: unknown, missing: string, verb: string): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return missing;
  return code === 'EISDIR' ? 'must be a file, it is a folder' : `cannot be ${verb} (${String(code ?? error)})`;
}

function unusable(field: string, rule: string, cause: unknown): ConfigurationError {
  return new ConfigurationError([{ field, rule }], { cause });
}
