import type { Context } from '@opentelemetry/api';
import { concat, defer, filter, finalize, ignoreElements, type MonoTypeOperatorFunction, mergeMap } from 'rxjs';
import type { OutRecord, RecordWriter } from '../ports/recordWriter.ts';
import { endStageSpan } from '../telemetry/endStageSpan.ts';
import { startSendSpan } from '../telemetry/startSendSpan.ts';
import type { Envelope } from '../tile/envelope.ts';
import { writeDurably } from './writeDurably.ts';

/** Options of {@link toWriter}. */
export interface WriterSinkOptions<T extends object> {
  /** Makes the record of a tile; `context` is the trace context of the sending, to be carried on in the record. */
  readonly toRecord: (envelope: Envelope<T>, context: Context) => OutRecord;
}

/**
 * Writes each tile and acknowledges it after the output confirmed it; emits it then.
 *
 * A record that the output refuses nacks its tile; an output that cannot be reached holds its tiles in flight until it can.
 * The writer is closed when the stream ends, before it completes.
 */
export function toWriter<T extends object>(
  writer: RecordWriter,
  { toRecord }: WriterSinkOptions<T>,
): MonoTypeOperatorFunction<Envelope<T>> {
  const stage = `send ${writer.stream}`;
  const facts = { system: writer.system, stream: writer.stream };
  const write = async (envelope: Envelope<T>): Promise<Envelope<T> | undefined> => {
    const { delivery } = envelope;
    if (delivery.settled) return undefined;
    const context = startSendSpan(facts, delivery.context);
    try {
      await writeDurably(writer, toRecord(envelope, context));
      endStageSpan(context);
      delivery.ack();
      return envelope;
    } catch (error) {
      endStageSpan(context, error);
      delivery.nack(error, stage);
      return undefined;
    }
  };
  return (source) => {
    const written = source.pipe(
      mergeMap(write),
      filter((envelope) => envelope !== undefined),
    );
    return concat(written, defer(() => writer.close()).pipe(ignoreElements())).pipe(
      finalize(() => void writer.close().catch(() => undefined)),
    );
  };
}
