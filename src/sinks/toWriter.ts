import type { Context } from '@opentelemetry/api';
import { concat, defer, filter, finalize, from, ignoreElements, type MonoTypeOperatorFunction } from 'rxjs';
import { SourceError } from '../errors/sourceError.ts';
import { mergeTiles } from '../operators/mergeTiles.ts';
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
 * A record that the output refuses nacks its tile; an output that refuses everything (a missing topic, say) ends the stream; an
 * output that cannot be reached holds its tiles in flight until it can.
 * The writer is closed when the stream ends, before it completes.
 */
export function toWriter<T extends object>(
  writer: RecordWriter,
  { toRecord }: WriterSinkOptions<T>,
): MonoTypeOperatorFunction<Envelope<T>> {
  const stage = `send ${writer.stream}`;
  const facts = { system: writer.system, stream: writer.stream };
  const write = async (envelope: Envelope<T>, stopped: AbortSignal): Promise<Envelope<T> | undefined> => {
    const { delivery } = envelope;
    if (delivery.settled) return undefined;
    const context = startSendSpan(facts, delivery.context);
    try {
      await writeDurably(writer, toRecord(envelope, context), stopped);
      endStageSpan(context);
      delivery.ack();
      return envelope;
    } catch (error) {
      endStageSpan(context, error);
      if (stopped.aborted) return undefined; // nobody waits for the outcome any more
      if (error instanceof SourceError) throw error; // the output refuses everything, not this tile
      delivery.nack(error, stage);
      return undefined;
    }
  };
  return (source) =>
    defer(() => {
      const stop = new AbortController();
      const written = source.pipe(
        mergeTiles((envelope) => from(write(envelope, stop.signal)), Number.POSITIVE_INFINITY),
        filter((envelope) => envelope !== undefined),
      );
      return concat(written, defer(() => writer.close()).pipe(ignoreElements())).pipe(
        finalize(() => {
          stop.abort();
          void writer.close().catch(() => undefined);
        }),
      );
    });
}
