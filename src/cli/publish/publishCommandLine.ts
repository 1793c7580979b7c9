import { ConfigurationError, type ConfigurationProblem } from '../../errors/configurationError.ts';
import { readBoundsOption } from '../demo/readBoundsOption.ts';
import { readVersion } from '../readVersion.ts';
import { startTelemetry } from '../startTelemetry.ts';
import { showStatus } from '../terminal/showStatus.ts';
import { unlessStopped } from '../unlessStopped.ts';
import { type KafkaSettings, kafkaConnection } from './kafkaConnection.ts';
import { openTarget } from './openTarget.ts';
import { type PublishProgress, publishFiles } from './publishFiles.ts';
import { readAddress } from './readAddress.ts';

/** What `swath publish` is told. */
export interface PublishCommandOptions extends KafkaSettings {
  readonly to: string;
  readonly tileSize?: number | undefined;
  readonly overlap?: number | undefined;
  readonly bounds?: string | undefined;
  readonly repeat?: number | undefined;
  readonly rate?: number | undefined;
}

/** What publishing came to, as `--json` prints it. */
export interface PublishSummary {
  readonly to: string;
  readonly files: number;
  readonly records: number;
  /** Records that were too large for the log. */
  readonly refused: number;
  /** Records on their way that the log did not confirm within the seconds after a signal; they may have been written. */
  readonly unconfirmed: number;
  readonly bytes: number;
  readonly seconds: number;
  /** True when a signal ended it. */
  readonly stopped: boolean;
}

/**
 * Publishes files as a command: with a bar, signals and telemetry.
 *
 * @param stop - Aborting it ends publishing after what is on its way, or a few seconds later.
 * @throws ConfigurationError when something cannot be used.
 */
export async function publishCommandLine(
  paths: readonly string[],
  options: PublishCommandOptions,
  stop: AbortSignal,
): Promise<PublishSummary> {
  const bounds = checkOptions(options);
  const writer = openTarget(readAddress(options.to, '--to', kafkaConnection(options, [options.to])));
  const progress: PublishProgress = { files: 0, total: 0, sent: 0, written: 0, refused: 0, bytes: 0 };
  const settled = (): number => progress.written + progress.refused;
  using status = showStatus({
    stream: process.stderr,
    env: process.env,
    text: () => `${settled()} of ${progress.total} records`,
    share: () => ({ done: settled(), total: Math.max(1, progress.total) }),
  });
  const warn = (message: string): void => status.say(`warning: ${message}`);
  const telemetry = startTelemetry({ env: process.env, attributes: { 'service.version': readVersion() }, warn });
  const stopping = (): void => status.say('Stopping after what is on its way; again to stop at once.');
  stop.addEventListener('abort', stopping, { once: true });
  const unconfirmed = (): number => progress.sent - settled();
  const startMs = performance.now();
  const { tileSize, overlap, repeat, rate } = options;
  try {
    const publishing = publishFiles(
      { writer, paths, tileSize, overlap, bounds, repeat, rate, stop, refused: warn },
      progress,
    );
    await unlessStopped(publishing, stop, () => unconfirmed() > 0);
  } finally {
    stop.removeEventListener('abort', stopping);
    status.end();
    await unlessStopped(writer.close(), stop);
    await telemetry.shutdown();
  }
  const seconds = Math.round(performance.now() - startMs) / 1000;
  const { files, written: records, refused, bytes } = progress;
  const facts = { to: options.to, files, records, refused, unconfirmed: unconfirmed(), bytes, seconds };
  return { ...facts, stopped: stop.aborted };
}

function checkOptions({ tileSize, overlap, bounds }: PublishCommandOptions) {
  const problems: ConfigurationProblem[] = [];
  if (overlap !== undefined && tileSize === undefined) problems.push({ field: '--overlap', rule: 'needs --tile-size' });
  if (overlap !== undefined && tileSize !== undefined && (overlap % 2 !== 0 || overlap >= tileSize)) {
    problems.push({ field: '--overlap', rule: 'must be an even number below --tile-size', value: overlap });
  }
  const edges = bounds === undefined ? undefined : readBoundsOption(bounds, problems);
  if (problems.length > 0) throw new ConfigurationError(problems);
  return edges;
}
