import { redact } from '../errors/redact.ts';
import type { OutRecord } from '../ports/recordWriter.ts';
import type { Origin } from '../tile/origin.ts';
import type { StreamRecord } from '../tile/streamRecord.ts';
import type { TraceCarrier } from '../tile/traceCarrier.ts';
import { DEAD_PREFIX, DEAD_TYPE, type DeadPart } from './deadLetter.ts';
import type { EventMode } from './eventMode.ts';
import { eventSource } from './eventSource.ts';
import { findHeader, textOf } from './findHeader.ts';
import { originName, originPath } from './originName.ts';
import { toHeaders } from './toHeaders.ts';

/** Characters of a message that are kept: brokers limit headers, and a model may answer with a page. */
const MAX_MESSAGE_CHARACTERS = 2000;

/** A tile that was refused for good. */
export interface DeadTile {
  readonly record: StreamRecord;
  readonly origin: Origin;
  /** Attempts of this process, from 1. */
  readonly attempt: number;
  readonly stage: string;
  readonly reason: { readonly code: string; readonly message: string };
}

/** What a dead letter says beside the tile's own facts. */
export interface DeadLetterOptions {
  /** Name of the pipeline that refused the tile. */
  readonly pipeline: string;
  /** Now, in milliseconds since the epoch. */
  readonly nowMs: number;
  /** Trace of the tile; needed in structured mode alone, in binary mode the original headers keep theirs. */
  readonly carrier?: TraceCarrier | undefined;
  /** Which part of the original bytes the record holds, where they travel in several; structured mode alone. */
  readonly part?: DeadPart | undefined;
  /** Leaves out what a reader can do without, for a record that is nearly as large as the log takes; binary mode alone. */
  readonly brief?: boolean | undefined;
}

/**
 * Lays a refused record into a dead letter that can be played back.
 *
 * Binary: key, value and headers stay as they were, `swath-dead-…` headers are added; those of an earlier refusal are
 * replaced, its attempts counted on. A brief one has code and origin, and attempts if there were several. Structured: a CloudEvent of type `swath.tile.dead` around the original bytes.
 */
export function encodeDeadLetter(mode: EventMode, dead: DeadTile, options: DeadLetterOptions): OutRecord {
  const { record, origin, reason } = dead;
  const attempts = dead.attempt + earlierAttempts(record);
  const time = new Date(options.nowMs).toISOString();
  const message = redact(reason.message).slice(0, MAX_MESSAGE_CHARACTERS);
  if (mode === 'binary') {
    const { brief = false } = options;
    const facts = toHeaders({
      [`${DEAD_PREFIX}code`]: reason.code,
      [`${DEAD_PREFIX}message`]: brief ? undefined : message,
      [`${DEAD_PREFIX}stage`]: brief ? undefined : dead.stage,
      [`${DEAD_PREFIX}attempts`]: brief && attempts === 1 ? undefined : String(attempts),
      [`${DEAD_PREFIX}origin`]: originPath(origin),
      [`${DEAD_PREFIX}time`]: brief ? undefined : time,
    });
    const kept = record.headers.filter(([name]) => !name.startsWith(DEAD_PREFIX));
    return { key: record.key, value: record.value, headers: [...kept, ...facts] };
  }
  const { part } = options;
  const event = {
    specversion: '1.0',
    id: part === undefined ? originName(origin) : `${originName(origin)}.${part.number}`,
    source: eventSource(options.pipeline),
    type: DEAD_TYPE,
    subject: originPath(origin),
    time,
    ...options.carrier,
    swathdeadcode: reason.code,
    swathdeadmessage: message,
    swathdeadstage: dead.stage,
    swathdeadattempts: attempts,
    swathdeadorigin: originPath(origin),
    swathdeadtime: time,
    ...(part === undefined ? {} : { swathdeadpart: part.number, swathdeadparts: part.count }),
    ...(record.key === null ? {} : { partitionkey: textOf(record.key) }),
    datacontenttype: 'application/octet-stream',
    ...(record.value === null ? {} : { data_base64: base64Of(record.value) }),
  };
  return { key: record.key, value: Buffer.from(JSON.stringify(event)), headers: [] };
}

function earlierAttempts({ headers }: StreamRecord): number {
  const text = findHeader(headers, `${DEAD_PREFIX}attempts`);
  if (text === undefined) return findHeader(headers, `${DEAD_PREFIX}code`) === undefined ? 0 : 1; // a brief one leaves out a single
  return /^\d{1,9}$/.test(text) ? Number(text) : 0;
}

function base64Of(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
