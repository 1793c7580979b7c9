import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigurationError } from '../../errors/configurationError.ts';
import type { Bounds } from '../../imagery/bounds.ts';
import type { OutRecord } from '../../ports/recordWriter.ts';
import { fileRecord } from '../../records/fileRecord.ts';
import { sniffContentType } from '../../records/sniffContentType.ts';
import type { TraceCarrier } from '../../tile/traceCarrier.ts';
import { cutTiles } from './cutTiles.ts';
import { descriptorRecord } from './descriptorRecord.ts';

/** Something to publish; it may go more than once, under ids of its own. */
export interface Payload {
  readonly id: string;
  toRecord(id: string, carrier: TraceCarrier | undefined): OutRecord;
}

/** How files become records. */
export interface PayloadOptions {
  /** Cuts pictures into tiles of this size, in pixels; without it a file is one record. */
  readonly tileSize?: number | undefined;
  readonly overlap?: number | undefined;
  readonly bounds?: Bounds | undefined;
  /** False where records have no headers (Kinesis): all that is said of a file must then stand in the value. */
  readonly hasHeaders: boolean;
}

/** A file's payloads, and how many there are. */
export interface Payloads {
  readonly count: number;
  readonly each: AsyncIterable<Payload>;
}

/**
 * Reads a file for publishing.
 *
 * @throws ConfigurationError when it cannot be read, or is to be cut and is no picture.
 */
export async function openPayloads(folder: string, name: string, options: PayloadOptions): Promise<Payloads> {
  const path = join(folder, name);
  if (options.tileSize === undefined) {
    const payload = await wholeFile(folder, name, options);
    return { count: 1, each: once(payload) };
  }
  const { tileSize, overlap, bounds } = options;
  const cut = await cutTiles(path, { name, tileSize, overlap, bounds });
  return { count: cut.count, each: payloadsOf(cut) };
}

async function wholeFile(folder: string, name: string, { bounds, hasHeaders }: PayloadOptions): Promise<Payload> {
  const path = join(folder, name);
  const [bytes, { mtimeMs: modifiedMs }] = await Promise.all([readFile(path), stat(path)]).catch(unreadable(path));
  if (hasHeaders && bounds === undefined)
    return { id: name, toRecord: asEvent(fileRecord({ name, folder, modifiedMs, bytes })) };
  const place = bounds && { bounds, crs: 'EPSG:4326', scene: name };
  const contentType = sniffContentType(bytes) ?? 'application/octet-stream';
  const descriptor = { id: name, data_base64: bytes.toString('base64'), contentType, ...place };
  return { id: name, toRecord: (id, carrier) => descriptorRecord({ ...descriptor, id }, carrier) };
}

function unreadable(path: string): (error: unknown) => never {
  return (cause) => {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
    throw new ConfigurationError([{ field: path, rule: `cannot be read (${code})` }], { cause });
  };
}

/** The bytes stay as they are; id and trace stand in headers. */
function asEvent({ value, headers }: OutRecord): Payload['toRecord'] {
  return (id, carrier = {}) => {
    const texts = Object.entries({ ce_id: id, ...carrier }).map(([name, text]) => [name, Buffer.from(text)] as const);
    return { key: Buffer.from(id), value, headers: [...headers.filter(([name]) => name !== 'ce_id'), ...texts] };
  };
}

async function* payloadsOf(cut: Awaited<ReturnType<typeof cutTiles>>): AsyncGenerator<Payload> {
  for await (const { id, descriptor } of cut) {
    yield { id, toRecord: (own, carrier) => descriptorRecord({ ...descriptor, id: own }, carrier) };
  }
}

async function* once<T>(value: T): AsyncGenerator<T> {
  yield value;
}
