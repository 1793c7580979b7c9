import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkConfig } from '../config/checkConfig.ts';
import { type KinesisSinkOptions, kinesisSinkOptions } from '../config/kinesisSinkOptions.ts';
import { SourceError } from '../errors/sourceError.ts';
import { WriteError } from '../errors/writeError.ts';
import type { OutRecord, RecordWriter } from '../ports/recordWriter.ts';
import type { AwsOptions } from './awsOptions.ts';
import { kinesisClient } from './kinesisClient.ts';
import { openStream } from './openStream.ts';
import { putAggregated } from './putAggregated.ts';
import { type PutEntry, putBatch } from './putBatch.ts';
import { PutQueue } from './putQueue.ts';
import { ShardMap } from './shardMap.ts';
import { systemTiming } from './timing.ts';

/** Parts of a {@link kinesisWriter} that are not configuration. */
export interface KinesisWriterParts extends Omit<AwsOptions, 'region'> {
  /** Wait after a failed attempt, counted from 1, in milliseconds; default 50 ms doubled each time up to 2 s, with jitter. */
  readonly delayMs?: ((attempt: number) => number) | undefined;
}

const limits = { records: 500, bytes: 5 * 1024 * 1024 };
/** What is packed at once: many records make few, and leave room for what packing adds. */
const packLimits = { records: 10_000, bytes: 4.5 * 1024 * 1024 };
const maxRecordBytes = 1024 * 1024;
const maxKeyCharacters = 256;
const requestsAtOnce = 4;

/**
 * Writes records to a Kinesis stream, many with one request. The record's key is the partition key; headers are not written,
 * because Kinesis has none.
 *
 * @throws ConfigurationError when an option breaks its rule.
 */
export function kinesisWriter(options: KinesisSinkOptions, parts: KinesisWriterParts = {}): RecordWriter {
  const { stream, lingerMs, maxAttempts, region, aggregate } = checkConfig(kinesisSinkOptions, options);
  const { delayMs = (attempt) => Math.min(2000, 50 * 2 ** (attempt - 1)) * (0.5 + Math.random() / 2) } = parts;
  const client = kinesisClient({ ...parts, region });
  const queue = new PutQueue(aggregate ? packLimits : limits);
  const shards = new ShardMap({ client, stream, nowMs: systemTiming.nowMs });
  const put = (batch: readonly PutEntry[]): Promise<void> =>
    aggregate
      ? putAggregated(batch, { client, stream, maxAttempts, delayMs, shards, limits, maxRecordBytes })
      : putBatch(batch, { client, stream, maxAttempts, delayMs });
  let timer: NodeJS.Timeout | undefined;
  let closing: Promise<void> | undefined;
  const sending = new Set<Promise<void>>();
  let worked = false;

  const send = (): void => {
    clearTimeout(timer);
    timer = undefined;
    while (sending.size < requestsAtOnce) {
      const batch = queue.take();
      if (batch.length === 0) return;
      const request = put(batch).then(() => {
        sending.delete(request);
        queue.done(batch);
        send();
      });
      sending.add(request);
    }
  };

  return {
    system: 'aws_kinesis',
    stream,
    open: () => openStream({ client, stream, pause: (attempt) => sleep(100 * 2 ** attempt) }),
    write(record) {
      if (closing !== undefined)
        return Promise.reject(new WriteError('WRITE_FAILED', stream, `the writer of ${stream} is closed`));
      return new Promise((resolve, reject) => {
        const written = (): void => {
          worked = true;
          resolve();
        };
        // A stream that is gone or closed to us may be mended; one that never took a record is a mistake to be told at once.
        const failed = (error: Error): void =>
          reject(worked && error instanceof SourceError ? toPassing(error) : error);
        queue.add(toEntry(record, stream, written, failed));
        if (queue.isFull) send();
        else timer ??= setTimeout(send, lingerMs);
      });
    },
    close() {
      closing ??= (async () => {
        send();
        while (sending.size > 0) await Promise.all(sending);
        client.destroy();
      })();
      return closing;
    },
  };
}

function toPassing(cause: SourceError): WriteError {
  return new WriteError('WRITE_FAILED', cause.stream, cause.message, { cause });
}

function toEntry(
  { key, value }: OutRecord,
  stream: string,
  written: () => void,
  failed: (error: Error) => void,
): PutEntry {
  const text = key === null ? '' : Buffer.from(key).toString('utf8');
  // Without a key a random one spreads the records over the shards.
  const partitionKey = text === '' ? randomUUID() : cut(text);
  const data = value ?? new Uint8Array();
  const bytes = data.length + Buffer.byteLength(partitionKey);
  if (bytes > maxRecordBytes) {
    const rule = `a record of ${bytes} bytes is larger than the ${maxRecordBytes} that stream ${stream} takes`;
    throw new WriteError('RECORD_TOO_LARGE_TO_WRITE', stream, rule);
  }
  return { partitionKey, data, bytes, written, failed };
}

/** Cut so that it is not too long however characters are counted, and none is cut in two. */
function cut(text: string): string {
  return text.slice(0, maxKeyCharacters).replace(/[\uD800-\uDBFF]$/, '');
}
