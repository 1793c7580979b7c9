import { kafkaConnection } from '../publish/kafkaConnection.ts';
import { readAddress } from '../publish/readAddress.ts';
import { readVersion } from '../readVersion.ts';
import { startTelemetry } from '../startTelemetry.ts';
import { showStatus } from '../terminal/showStatus.ts';
import { unlessStopped } from '../unlessStopped.ts';
import type { DlqOptions } from './dlqOptions.ts';
import { forDeadLetters } from './forDeadLetters.ts';
import { readWhere } from './readWhere.ts';
import { Replayer, type ReplayProgress } from './replayer.ts';
import { replayStream } from './replayStream.ts';
import { replayTarget } from './replayTarget.ts';
import { replayTopic } from './replayTopic.ts';
import type { ScanCounts } from './scanCounts.ts';
import { scanLetters } from './scanLetters.ts';

/** What `swath dlq replay` is told. */
export interface ReplayCommandOptions extends DlqOptions {
  /** Default: where each record came from. */
  readonly to?: string | undefined;
  /** Replays of one tile; default 3. */
  readonly maxReplays?: number | undefined;
  /** Dead letters to send at most; default all. */
  readonly limit?: number | undefined;
  /** Counts what would be sent, and sends and marks nothing. */
  readonly dryRun?: boolean | undefined;
}

/** What a replay came to, as `--json` prints it. */
export interface ReplaySummary extends ReplayProgress, ScanCounts {
  readonly from: string;
  readonly to: string;
  readonly dryRun: boolean;
  /** On their way, and not confirmed and marked within the seconds after a signal: they may have been sent, and are sent again. */
  readonly unconfirmed: number;
  /** True when a signal ended it. */
  readonly stopped: boolean;
  readonly seconds: number;
}

/**
 * Sends dead letters back as a command: with progress, signals and telemetry.
 *
 * @param stop - Aborting it ends the replay after what is on its way, or a few seconds later.
 * @throws ConfigurationError when an option cannot be used, or there is no such topic or stream.
 */
export async function replayCommandLine(
  from: string,
  options: ReplayCommandOptions,
  stop: AbortSignal,
): Promise<ReplaySummary> {
  const { to, dryRun = false, maxReplays = 3, limit = Number.POSITIVE_INFINITY } = options;
  const connection = kafkaConnection(options, [from, to]);
  const address = readAddress(from, 'FROM', connection);
  const matches = readWhere(options.where);
  let text = (): string => 'looking for dead letters';
  using status = showStatus({ stream: process.stderr, env: process.env, text: () => text() });
  const stopping = (): void => status.say('Stopping after what is on its way; again to stop at once.');
  stop.addEventListener('abort', stopping, { once: true });
  const warn = (message: string): void => status.say(`warning: ${message}`);
  const target = replayTarget(address, { to, connection }, warn);
  const replayer = new Replayer({ matches, maxReplays, limit, target });
  text = () => `${replayer.progress.sent} dead letters sent`;
  const telemetry = startTelemetry({ env: process.env, attributes: { 'service.version': readVersion() }, warn });
  const startMs = performance.now();
  const run = (): Promise<ScanCounts> => {
    if (dryRun) return scanLetters(address, options, (found) => void replayer.chooses(found));
    if (address.kind === 'kinesis')
      return replayStream(address.stream, replayer, { table: options.marks ?? 'swath-dlq', stop });
    return replayTopic(address, replayer, { group: options.group ?? `swath-dlq-${address.stream}`, stop });
  };
  try {
    const counts = await unlessStopped(forDeadLetters(run), stop, () => replayer.isSending);
    const seconds = Math.round(performance.now() - startMs) / 1000;
    const { chosen, sent, tooLarge, unsendable } = replayer.progress;
    const unconfirmed = counts === undefined && !dryRun ? chosen - sent - tooLarge - unsendable : 0;
    const facts = { from, to: to ?? 'origin', dryRun, stopped: stop.aborted, seconds, unconfirmed };
    return { ...facts, ...replayer.progress, ...(counts ?? { unreadable: 0, incomplete: 0 }) };
  } finally {
    stop.removeEventListener('abort', stopping);
    status.end();
    await unlessStopped(target.close(), stop);
    await telemetry.shutdown();
  }
}
