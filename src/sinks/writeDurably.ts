import { setTimeout as sleep } from 'node:timers/promises';
import { diag } from '@opentelemetry/api';
import { toSwathError } from '../errors/toSwathError.ts';
import { backoff } from '../operators/backoff.ts';
import type { OutRecord, RecordWriter } from '../ports/recordWriter.ts';
import type { Delivery } from '../tile/delivery.ts';

/** Attempt up to which each writer's outage was told of: hundreds of records wait for one output, and say the same. */
const told = new WeakMap<RecordWriter, number>();

const delayMs = backoff({ initialMs: 200, maxMs: 10_000 });

/**
 * Writes a record, again and again as long as the output cannot be reached: an outage holds the pipeline up, it loses nothing.
 *
 * @throws The error of a record that the output refuses for good, and an `AbortError` when `signal` aborts between attempts.
 */
export function writeDurably(
  writer: RecordWriter,
  record: OutRecord,
  delivery: Delivery,
  signal?: AbortSignal,
): Promise<void> {
  const write = (): Promise<void> => writer.write(record, delivery);
  return write().catch((error: unknown) => writeAgain(writer, write, signal, error));
}

async function writeAgain(
  writer: RecordWriter,
  write: () => Promise<void>,
  signal: AbortSignal | undefined,
  firstError: unknown,
): Promise<void> {
  let failure = firstError;
  for (let attempt = 1; ; attempt++) {
    const { retryable, message } = toSwathError(failure);
    if (!retryable) throw failure;
    if (attempt > (told.get(writer) ?? 0)) {
      told.set(writer, attempt);
      diag.warn(`writing to ${writer.stream} waits (attempt ${attempt}): ${message}`);
    }
    await sleep(delayMs(attempt), undefined, signal === undefined ? {} : { signal });
    try {
      await write();
      told.delete(writer);
      return;
    } catch (error) {
      failure = error;
    }
  }
}
