import { stopOnSignals } from '../demo/stopOnSignals.ts';
import { readAddress } from '../publish/readAddress.ts';
import { readVersion } from '../readVersion.ts';
import { startTelemetry } from '../startTelemetry.ts';
import { showStatus } from '../terminal/showStatus.ts';
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
  /** True when a signal ended it. */
  readonly stopped: boolean;
  readonly seconds: number;
}

/**
 * Sends dead letters back as a command: with progress, signals and telemetry.
 *
 * @throws ConfigurationError when an option cannot be used, or there is no such topic or stream.
 */
export async function replayCommandLine(from: string, options: ReplayCommandOptions): Promise<ReplaySummary> {
  const { to, dryRun = false, maxReplays = 3, limit = Number.POSITIVE_INFINITY } = options;
  const address = readAddress(from, 'FROM');
  const matches = readWhere(options.where);
  let text = (): string => 'looking for dead letters';
  using status = showStatus({ stream: process.stderr, env: process.env, text: () => text() });
  using signals = stopOnSignals(() => status.say('Stopping after what is on its way; again to stop at once.'));
  const warn = (message: string): void => status.say(`warning: ${message}`);
  const target = replayTarget(address, to, warn);
  const replayer = new Replayer({ matches, maxReplays, limit, target });
  text = () => `${replayer.progress.sent} dead letters sent`;
  const telemetry = startTelemetry({ env: process.env, attributes: { 'service.version': readVersion() }, warn });
  const startMs = performance.now();
  const { stop } = signals;
  const run = (): Promise<ScanCounts> => {
    if (dryRun) return scanLetters(address, options, (found) => void replayer.chooses(found));
    if (address.kind === 'kinesis')
      return replayStream(address.stream, replayer, { table: options.marks ?? 'swath-dlq', stop });
    return replayTopic(address, replayer, { group: options.group ?? `swath-dlq-${address.stream}`, stop });
  };
  try {
    const counts = await forDeadLetters(run);
    const seconds = Math.round(performance.now() - startMs) / 1000;
    const facts = { from, to: to ?? 'origin', dryRun, stopped: stop.aborted, seconds };
    return { ...facts, ...replayer.progress, ...counts };
  } finally {
    status.end();
    await target.close();
    await telemetry.shutdown();
  }
}
