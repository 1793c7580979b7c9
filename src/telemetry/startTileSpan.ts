import { type Attributes, type Context, SpanKind, trace } from '@opentelemetry/api';
import type { Origin } from '../tile/origin.ts';
import { tracer } from './tracer.ts';
import { withSpan } from './withSpan.ts';

/** What is known of a delivery when its span starts. */
export interface TileFacts {
  /** `kafka`, `aws_kinesis`, … */
  readonly system: string;
  /** Topic or stream. */
  readonly stream: string;
  /** Consumer group, where there is one. */
  readonly group?: string | undefined;
  readonly origin: Origin;
  /** Size of the record, in bytes. */
  readonly bytes: number;
  readonly key?: Uint8Array | string | null | undefined;
}

const CONSUMER = { kind: SpanKind.CONSUMER } as const;
/** Keys may be anything; a span keeps the beginning. */
const MAX_KEY_BYTES = 256;

/**
 * Starts the span of one delivery, from its record to its settlement: `process <stream>`.
 *
 * Without a recording SDK nothing is built but the context, which hands on the parent's trace.
 *
 * @returns the context that the delivery carries; ended by `endTileSpan`.
 */
export function startTileSpan(facts: TileFacts, parent: Context): Context {
  const span = tracer().startSpan(`process ${facts.stream}`, CONSUMER, parent);
  if (span.isRecording()) span.setAttributes(attributesOf(facts));
  return withSpan(parent, span);
}

/** Puts the tile's id on its span, so that the trace is found by it; known once the record is decoded. */
export function nameTile(context: Context, tileId: string): void {
  const span = trace.getSpan(context);
  if (span?.isRecording() === true) span.setAttribute('tile.id', tileId);
}

function attributesOf({ system, stream, group, origin, bytes, key }: TileFacts): Attributes {
  const attributes: Attributes = {
    'messaging.system': system,
    'messaging.operation.name': 'process',
    'messaging.operation.type': 'process',
    'messaging.destination.name': stream,
    'messaging.destination.partition.id': origin.partition,
    'messaging.message.body.size': bytes,
    'swath.position': origin.position,
  };
  if (group !== undefined) attributes['messaging.consumer.group.name'] = group;
  if (system === 'kafka') {
    attributes['messaging.kafka.offset'] = Number(origin.position);
    if (key !== undefined && key !== null) attributes['messaging.kafka.message.key'] = keyText(key);
  } else if (system === 'aws_kinesis') {
    attributes['aws.kinesis.stream_name'] = stream;
  }
  return attributes;
}

function keyText(key: Uint8Array | string): string {
  return typeof key === 'string'
    ? key.slice(0, MAX_KEY_BYTES)
    : new TextDecoder().decode(key.subarray(0, MAX_KEY_BYTES));
}
