import { writeFile } from 'node:fs/promises';
import { ConfigurationError } from '../../errors/configurationError.ts';
import { messageOf } from '../../errors/messageOf.ts';
import { redact } from '../../errors/redact.ts';
import { findHeader } from '../../records/findHeader.ts';
import { originName, originPath } from '../../records/originName.ts';
import { sniffContentType } from '../../records/sniffContentType.ts';
import { kafkaConnection } from '../publish/kafkaConnection.ts';
import { readAddress } from '../publish/readAddress.ts';
import type { DlqOptions } from './dlqOptions.ts';
import { forDeadLetters } from './forDeadLetters.ts';
import type { FoundLetter } from './foundLetter.ts';
import { printableBytes } from './printableBytes.ts';
import { scanLetters } from './scanLetters.ts';

/** One dead letter in full, as `--json` prints it. */
export interface ShownLetter {
  readonly id: string;
  readonly code: string;
  readonly message: string;
  readonly stage: string;
  readonly attempts: number;
  readonly origin: string;
  readonly time: string;
  /** `<partition>/<position>` of the dead letter itself, or of each of its parts. */
  readonly places: readonly string[];
  readonly replayed: boolean;
  /** How often the tile had been replayed before it was refused this time. */
  readonly replays: number;
  /** Text as it is, other bytes as `\xNN`; null where there is none. */
  readonly key: string | null;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Absent where it cannot be told. */
  readonly contentType?: string;
  /** Of the value; null where there is none. */
  readonly bytes: number | null;
  readonly preview: string;
  /** Further dead letters of the same name, all older. */
  readonly older: number;
  readonly out?: string;
}

const previewBytes = 256;

/**
 * Finds one dead letter by the id of its tile or by its origin; the newest where there are several.
 *
 * @param out - File to write the original bytes to.
 * @throws ConfigurationError when there is none, or an option cannot be used.
 */
export async function showLetter(
  from: string,
  name: string,
  { out, ...options }: DlqOptions & { readonly out?: string | undefined },
): Promise<ShownLetter> {
  const address = readAddress(from, 'FROM', kafkaConnection(options, [from]));
  const named: { found?: FoundLetter; count: number } = { count: 0 };
  await forDeadLetters(() =>
    scanLetters(address, options, (found) => {
      const { origin, timeMs } = found.letter;
      if (![found.id, originPath(origin), originName(origin)].includes(name)) return;
      named.count += 1;
      if (named.found === undefined || named.found.letter.timeMs <= timeMs) named.found = found;
    }),
  );
  if (named.found === undefined) {
    const rule = `not found: ${from} holds no dead letter with this id or origin (stream/partition/position)`;
    throw new ConfigurationError([{ field: 'ID_OR_ORIGIN', rule, value: name }]);
  }
  const shown = toShown(named.found, named.count - 1);
  if (out === undefined) return shown;
  await write(out, named.found.letter.original.value ?? new Uint8Array());
  return { ...shown, out };
}

function toShown({ letter, id, partition, positions, replayed, replays }: FoundLetter, older: number): ShownLetter {
  const { key, value, headers } = letter.original;
  const contentType = findHeader(headers, 'content-type') ?? (value === null ? undefined : sniffContentType(value));
  return {
    id,
    code: letter.code,
    message: redact(letter.message),
    stage: letter.stage,
    attempts: letter.attempts,
    origin: originPath(letter.origin),
    time: new Date(letter.timeMs).toISOString(),
    places: positions.map((position) => `${partition}/${position}`),
    replayed,
    replays,
    key: key === null ? null : printableBytes(key),
    headers: headers.map(([header, content]) => [header, redact(printableBytes(content))]),
    ...(contentType !== undefined && { contentType }),
    bytes: value === null ? null : value.byteLength,
    preview: value === null ? '' : printableBytes(value.subarray(0, previewBytes)),
    older,
  };
}

async function write(path: string, bytes: Uint8Array): Promise<void> {
  try {
    await writeFile(path, bytes);
  } catch (cause) {
    const reason = messageOf(cause);
    throw new ConfigurationError([{ field: '--out', rule: `must be a file that can be written: ${reason}` }], {
      cause,
    });
  }
}
