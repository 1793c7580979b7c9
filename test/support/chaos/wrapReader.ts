import type { RecordReader } from '../../../src/ports/recordReader.ts';

/** A reader that does some things its own way, and everything else as the one it wraps. */
export function wrapReader<R>(
  reader: RecordReader<R>,
  own: Partial<Pick<RecordReader<R>, 'read' | 'commit' | 'close'>>,
): RecordReader<R> {
  return {
    system: reader.system,
    stream: reader.stream,
    ...(reader.group !== undefined && { group: reader.group }),
    read: own.read ?? ((events, signal) => reader.read(events, signal)),
    commit: own.commit ?? ((commits) => reader.commit(commits)),
    pause: (partition) => reader.pause(partition),
    resume: (partition) => reader.resume(partition),
    close: own.close ?? (() => reader.close()),
  };
}
