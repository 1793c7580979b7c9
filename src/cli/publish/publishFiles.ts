import { ROOT_CONTEXT } from '@opentelemetry/api';
import { ConfigurationError } from '../../errors/configurationError.ts';
import { toSwathError } from '../../errors/toSwathError.ts';
import type { RecordWriter } from '../../ports/recordWriter.ts';
import { listFiles } from '../../sources/folder/listFiles.ts';
import { carrierFrom } from '../../telemetry/carrierFrom.ts';
import { endStageSpan } from '../../telemetry/endStageSpan.ts';
import { startSendSpan } from '../../telemetry/startSendSpan.ts';
import { openPayloads, type Payload, type PayloadOptions } from './openPayloads.ts';
import { pacer } from './pacer.ts';

/** What is published, and how. */
export interface PublishOptions extends Omit<PayloadOptions, 'hasHeaders'> {
  readonly writer: RecordWriter;
  /** Files, and folders of pictures. */
  readonly paths: readonly string[];
  /** How often each is published; the second time on under the id `<id>~2`. Default 1. */
  readonly repeat?: number | undefined;
  /** Records a second at most; default no limit. */
  readonly rate?: number | undefined;
  /** Aborting it stops after what is on its way. */
  readonly stop: AbortSignal;
  /** Told of a record that the log refuses; the others go on. */
  readonly refused: (message: string) => void;
}

/** How far publishing is; changes while it goes on. */
export interface PublishProgress {
  files: number;
  /** Records to write, as far as it is known. */
  total: number;
  /** Records handed to the log. */
  sent: number;
  written: number;
  refused: number;
  bytes: number;
}

const writesAtOnce = 64;

/**
 * Publishes files as tile records, each with a trace of its own where traces are recorded.
 *
 * @throws ConfigurationError when there is no such file, nothing to publish in the folders, or it cannot be cut.
 * @throws WriteError or SourceError when the log cannot be reached.
 */
export async function publishFiles(options: PublishOptions, progress: PublishProgress): Promise<void> {
  const { writer, paths, repeat = 1, rate, stop } = options;
  const files = [...(await listFiles(paths))].flatMap(([folder, names]) => names.map((name) => ({ folder, name })));
  if (files.length === 0) {
    const rule = 'holds no picture (.png, .jpg, .tif, .gif, .webp, .jp2); name files of other kinds one by one';
    throw new ConfigurationError(paths.map((field) => ({ field, rule })));
  }
  progress.total = files.length * repeat;
  const turn = pacer(rate);
  const writing = new Set<Promise<void>>();
  let failure: { readonly error: unknown } | undefined;
  for (const { folder, name } of files) {
    if (stop.aborted || failure !== undefined) break;
    const { count, each } = await openPayloads(folder, name, { ...options, hasHeaders: writer.system === 'kafka' });
    if (progress.files === 0) await writer.open?.();
    progress.files += 1;
    progress.total += (count - 1) * repeat;
    for await (const { id, payload } of rounds(each, repeat)) {
      await turn();
      while (writing.size >= writesAtOnce) await Promise.race(writing);
      if (stop.aborted || failure !== undefined) break;
      progress.sent += 1;
      const write = publish(id, payload, options, progress)
        .catch((error: unknown) => {
          failure ??= { error };
        })
        .finally(() => writing.delete(write));
      writing.add(write);
    }
  }
  await Promise.all(writing);
  if (failure !== undefined) throw failure.error;
}

/** Repeats what a file gives; it is kept for that, and else handed through. */
async function* rounds(each: AsyncIterable<Payload>, repeat: number): AsyncGenerator<{ id: string; payload: Payload }> {
  const kept: Payload[] = [];
  for await (const payload of each) {
    if (repeat > 1) kept.push(payload);
    yield { id: payload.id, payload };
  }
  for (let round = 2; round <= repeat; round += 1) {
    for (const payload of kept) yield { id: `${payload.id}~${round}`, payload };
  }
}

async function publish(
  id: string,
  payload: Payload,
  { writer, refused }: PublishOptions,
  progress: PublishProgress,
): Promise<void> {
  const context = startSendSpan(writer, ROOT_CONTEXT);
  try {
    const record = payload.toRecord(id, carrierFrom(context));
    await writer.write(record);
    endStageSpan(context);
    progress.written += 1;
    progress.bytes += record.value?.length ?? 0;
  } catch (error) {
    endStageSpan(context, error);
    const reason = toSwathError(error);
    if (reason.code !== 'RECORD_TOO_LARGE_TO_WRITE') throw error;
    progress.refused += 1;
    refused(`${id}: ${reason.message}`);
  }
}
