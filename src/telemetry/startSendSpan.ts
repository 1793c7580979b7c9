import { type Context, type Link, SpanKind } from '@opentelemetry/api';
import { tracer } from './tracer.ts';
import { withSpan } from './withSpan.ts';

const PRODUCER = { kind: SpanKind.PRODUCER } as const;

/** Where a record is written to. */
export interface SendFacts {
  /** `kafka`, `aws_kinesis`, … */
  readonly system: string;
  /** Topic or stream. */
  readonly stream: string;
}

/**
 * Starts the span of a write, `send <stream>`. The record carries this span's context, so that its reader comes under it.
 *
 * @param links - Traces that the record comes from beside its parent.
 * @returns the context to write into the record; ended by `endStageSpan`.
 */
export function startSendSpan({ system, stream }: SendFacts, parent: Context, links?: Link[]): Context {
  const options = links === undefined ? PRODUCER : { ...PRODUCER, links };
  const span = tracer().startSpan(`send ${stream}`, options, parent);
  if (span.isRecording()) {
    span.setAttributes({
      'messaging.system': system,
      'messaging.operation.name': 'send',
      'messaging.operation.type': 'send',
      'messaging.destination.name': stream,
    });
    if (system === 'aws_kinesis') span.setAttribute('aws.kinesis.stream_name', stream);
  }
  return withSpan(parent, span);
}
