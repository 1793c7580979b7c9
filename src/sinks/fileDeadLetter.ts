import { redact } from '../errors/redact.ts';
import type { NackPolicy } from '../sources/nackPolicy.ts';
import type { StreamRecord } from '../tile/streamRecord.ts';
import { fileWriter } from './file/fileWriter.ts';
import { toDeadLetter } from './toDeadLetter.ts';

/**
 * A policy that appends a line of JSON to a file for each tile that failed: origin, code, message, stage, attempts, time.
 *
 * The bytes are not in it. It is meant for {@link fromFolder}, where they are still in their file.
 *
 * @example
 * fromFolder({ path: 'scans', drain, onNack: fileDeadLetter('out/refused.jsonl') })
 */
export function fileDeadLetter(path: string, now?: () => number): NackPolicy<StreamRecord> {
  return toDeadLetter(
    fileWriter(path),
    ({ origin, reason, stage, attempt }, nowMs) => {
      const { code, message } = reason;
      const line = {
        origin,
        code,
        message: redact(message),
        stage,
        attempts: attempt,
        time: new Date(nowMs).toISOString(),
      };
      return { key: null, value: Buffer.from(JSON.stringify(line)), headers: [] };
    },
    now,
  );
}
