import { Observable } from 'rxjs';
import type { RecordReader } from '../ports/recordReader.ts';
import type { Envelope } from '../tile/envelope.ts';
import { ReaderSession } from './readerSession.ts';
import { type ReaderSourceOptions, withDefaults } from './readerSourceOptions.ts';

/**
 * Emits a log's tiles with back-pressure: never more than `maxInFlight` tiles and `maxInFlightBytes` bytes are unsettled.
 *
 * Unsubscribing abandons what is in flight and commits nothing of it; aborting `drain` finishes and commits it, then completes.
 * Errors with a {@link SourceError} when the log refuses the reader, and with a tile's reason under the policy {@link halt}.
 *
 * @example
 * fromReader(log, { drain: new AbortController().signal, maxInFlight: 100 }).pipe(label, toWriter(output, { toRecord }))
 */
export function fromReader<R extends object, T extends object = R>(
  reader: RecordReader<R>,
  options: ReaderSourceOptions<R, T>,
): Observable<Envelope<T>> {
  return new Observable((subscriber) => {
    const session = new ReaderSession(reader, withDefaults(options), subscriber);
    session.start();
    return () => session.abandon();
  });
}
