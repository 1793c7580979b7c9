import type { Context } from '@opentelemetry/api';
import {
  concat,
  defer,
  EMPTY,
  finalize,
  from,
  ignoreElements,
  type MonoTypeOperatorFunction,
  merge,
  type Observable,
  Subject,
  takeUntil,
  tap,
} from 'rxjs';
import { mergeTasks } from '../operators/mergeTasks.ts';
import type { TaskHost } from '../operators/task.ts';
import type { OutRecord, RecordWriter } from '../ports/recordWriter.ts';
import { outputsOpen } from '../sources/outputsOpen.ts';
import type { Envelope } from '../tile/envelope.ts';
import { WriteTask } from './writeTask.ts';

/** Options of {@link toWriter}. */
export interface WriterSinkOptions<T extends object> {
  /** Makes the record of a tile; `context` is the trace context of the sending, to be carried on in the record. */
  readonly toRecord: (envelope: Envelope<T>, context: Context) => OutRecord;
}

/**
 * Writes each tile and acknowledges it after the output confirmed it; emits it then.
 *
 * The output is opened first, where the writer can do that: sources read nothing before it is known to be there. A record that the
 * output refuses nacks its tile; an output that refuses everything (a missing topic, say) ends the stream; an output that cannot be
 * reached holds its tiles in flight until it can.
 * The writer is closed when the stream ends, before it completes.
 */
export function toWriter<T extends object>(
  writer: RecordWriter,
  { toRecord }: WriterSinkOptions<T>,
): MonoTypeOperatorFunction<Envelope<T>> {
  const facts = { system: writer.system, stream: writer.stream };
  return (source) =>
    defer(() => {
      const stop = new AbortController();
      const over = new Subject<void>();
      const output = { isOpen: writer.open === undefined };
      const plan = { writer, facts, toRecord, stage: `send ${writer.stream}`, stopped: stop.signal };
      const written = source.pipe(
        mergeTasks(
          (envelope: Envelope<T>, host: TaskHost<Envelope<T>>) =>
            envelope.delivery.settled ? undefined : new WriteTask(plan, envelope, host),
          Number.POSITIVE_INFINITY,
        ),
        tap({ complete: () => over.next() }), // a source that was drained before it began
      );
      return concat(
        merge(opened(writer).pipe(tap({ complete: () => (output.isOpen = true) }), takeUntil(over)), written),
        // One that was never reached has nothing to finish, and would only be waited for.
        defer(() => (output.isOpen ? writer.close() : EMPTY)).pipe(ignoreElements()),
      ).pipe(
        finalize(() => {
          stop.abort();
          void writer.close().catch(() => undefined);
        }),
      );
    });
}

/** Completes when the output is open, errors when it cannot be; sources wait for either. */
function opened(writer: RecordWriter): Observable<never> {
  return defer(() => {
    const opening = writer.open?.();
    if (opening === undefined) return EMPTY;
    return from(opening).pipe(ignoreElements(), finalize(outputsOpen.begin()));
  });
}
