import { RecordInvalidError } from '../errors/recordInvalidError.ts';
import type { OutRecord } from '../ports/recordWriter.ts';
import type { Origin } from '../tile/origin.ts';
import type { StreamRecord } from '../tile/streamRecord.ts';
import { DEAD_PREFIX, DEAD_TYPE, type DeadLetter, type DeadPart } from './deadLetter.ts';
import { decodeBase64 } from './decodeBase64.ts';
import { findHeader } from './findHeader.ts';
import { type JsonObject, parseJsonObject } from './recordForm.ts';
import { requireText } from './requireText.ts';

/**
 * Reads a dead letter back, of either form. One in headers that does without was tried once, and refused when the log took it.
 *
 * @throws RecordInvalidError `RECORD_INVALID` when the record is no dead letter, naming what it lacks.
 */
export function decodeDeadLetter(record: StreamRecord): DeadLetter {
  if (findHeader(record.headers, `${DEAD_PREFIX}code`) !== undefined) return fromHeaders(record);
  const json = record.value === null ? undefined : parseJsonObject(record.value);
  if (json?.['type'] === DEAD_TYPE) return fromEvent(json);
  const rule = `is required, or a value that is a CloudEvent of type ${DEAD_TYPE}`;
  throw new RecordInvalidError('RECORD_INVALID', `headers.${DEAD_PREFIX}code`, rule);
}

function fromHeaders({ key, value, headers, timestampMs }: StreamRecord): DeadLetter {
  const logged = new Date(timestampMs);
  const time = Number.isNaN(logged.getTime()) ? undefined : logged.toISOString(); // producers may write any number
  const absent: Readonly<Record<string, string | undefined>> = { attempts: '1', time };
  const facts = readFacts((name) => [
    findHeader(headers, DEAD_PREFIX + name) ?? absent[name],
    `headers.${DEAD_PREFIX}${name}`,
  ]);
  return { ...facts, original: { key, value, headers: headers.filter(([name]) => !name.startsWith(DEAD_PREFIX)) } };
}

function fromEvent(json: JsonObject): DeadLetter {
  const facts = readFacts((name) => [json[`swathdead${name}`], `value.swathdead${name}`]);
  const { data_base64: base64, partitionkey } = json;
  const original: OutRecord = {
    key: typeof partitionkey === 'string' ? Buffer.from(partitionkey) : null,
    value: typeof base64 === 'string' ? decodeBase64(base64, 'value.data_base64') : null,
    headers: [],
  };
  const part = readPart(json['swathdeadpart'], json['swathdeadparts']);
  return { ...facts, ...(part === undefined ? {} : { part }), original };
}

function readPart(number: unknown, count: unknown): DeadPart | undefined {
  if (number === undefined && count === undefined) return undefined;
  if (isCount(number) && isCount(count) && number <= count) return { number, count };
  throw new RecordInvalidError('RECORD_INVALID', 'value.swathdeadpart', 'must be from 1 to swathdeadparts', number);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 1;
}

type FindFact = (name: string) => readonly [value: unknown, field: string];

function readFacts(find: FindFact): Omit<DeadLetter, 'original'> {
  return {
    code: requireText(...find('code')),
    message: textOrEmpty(find('message')[0]),
    stage: textOrEmpty(find('stage')[0]),
    attempts: readAttempts(...find('attempts')),
    origin: readOrigin(...find('origin')),
    timeMs: readTime(...find('time')),
  };
}

function textOrEmpty(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function readAttempts(value: unknown, field: string): number {
  const attempts = Number(value);
  if (Number.isSafeInteger(attempts) && attempts >= 1) return attempts;
  throw new RecordInvalidError('RECORD_INVALID', field, 'must be a positive whole number', value);
}

/** A stream's name may hold slashes (a folder does), partition and position hold none. */
function readOrigin(value: unknown, field: string): Origin {
  const match = /^(.+)\/([^/]+)\/([^/]+)$/s.exec(requireText(value, field));
  const [, stream, partition, position] = match ?? [];
  if (stream !== undefined && partition !== undefined && position !== undefined) return { stream, partition, position };
  throw new RecordInvalidError('RECORD_INVALID', field, 'must be <stream>/<partition>/<position>', value);
}

function readTime(value: unknown, field: string): number {
  const timeMs = Date.parse(requireText(value, field));
  if (!Number.isNaN(timeMs)) return timeMs;
  throw new RecordInvalidError('RECORD_INVALID', field, 'must be a time of RFC 3339', value);
}
