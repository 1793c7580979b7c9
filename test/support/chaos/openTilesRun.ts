import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LocalServices } from '../../../src/local/localServices.ts';
import { echoModel } from '../../../src/local/sagemaker/echoModel.ts';
import { judgeRepeats, type RepeatVerdict } from '../checker/judgeRepeats.ts';
import type { Verdict } from '../checker/verdict.ts';
import { type RunningSwath, startSwath } from '../cli/startSwath.ts';
import type { DeliveryEvent } from './deliveryEvent.ts';
import { DeliveryLog } from './deliveryLog.ts';
import { Journal, type JournalCounts } from './journal.ts';
import { pipelineFile } from './pipelineFile.ts';

type Settings = Readonly<Record<string, string | number>>;

/** A log with tiles, an endpoint for them, and the command that runs a fixture's pipeline on both. */
export interface TilesRun extends AsyncDisposable {
  /** Tiles that can be inferred, beside the bad ones. */
  readonly tiles: number;
  readonly bad: number;
  /** Starts `swath run`; settings are those of `--set`. */
  start(settings: Settings): RunningSwath;
  /** Compares what was repeated with what every process so far had left uncommitted; all of them have ended. */
  judge(verdict: Verdict): RepeatVerdict;
  /** Tells whether the process that was started last has built its pipeline. */
  hasBegun(): boolean;
  /** What the process that was started last has counted so far. */
  journal(): JournalCounts;
  check(): Promise<Verdict>;
  /** Starts a process that nothing holds, waits until everything is committed, stops it in order, and checks. */
  finish(settings?: Settings): Promise<Verdict>;
  /** Jobs that the endpoint accepted. */
  invocations(): number;
}

/** Where the tiles of a {@link TilesRun} lie. */
export interface TilesLog {
  /** Name of the pipeline's fixture. */
  readonly fixture: string;
  readonly tiles: number;
  readonly bad: number;
  readonly settings: Settings;
  readonly check: () => Promise<Verdict>;
  /** Tells whether everything is settled and committed. */
  readonly isDone: () => Promise<boolean>;
  /** Names a position as the checker does, where the process names it differently. */
  readonly nameOf?: (position: string) => string;
  /** Lets another process have what one that was killed held, where that takes its time. */
  readonly free?: () => Promise<void>;
  /** With the buckets `in` and `out`. */
  readonly services: LocalServices;
  readonly serviceMs: number;
}

/** Makes what one test needs beside its log. */
export async function openTilesRun({ services, serviceMs, ...log }: TilesLog): Promise<TilesRun> {
  const folder = await mkdtemp(join(tmpdir(), 'swath-chaos-'));
  const pipeline = await pipelineFile(folder, log.fixture);
  const endpoint = `echo-${randomUUID()}`;
  services.sagemaker.addEndpoint({
    name: endpoint,
    model: echoModel({ serviceMs }),
    concurrencyPerInstance: 50,
    outputPath: 's3://out/async-inference/output/',
    failurePath: 's3://out/async-inference/failure/',
  });
  let runs = 0;
  const journalPath = (): string => join(folder, `journal-${runs}`);
  const logPath = (process: number): string => join(folder, `log-${process}`);
  const named = (event: DeliveryEvent): DeliveryEvent =>
    'opened' in event ? { ...event, position: log.nameOf?.(event.position) ?? event.position } : event;
  const run: TilesRun = {
    tiles: log.tiles,
    bad: log.bad,
    start(settings) {
      runs += 1;
      const all = {
        'source.maxInFlight': 12,
        'endpoint.name': endpoint,
        'endpoint.inputBucket': 'in',
        'endpoint.outputBucket': 'out',
        'endpoint.failurePrefix': 'async-inference/failure/',
        journal: journalPath(),
        log: logPath(runs),
        ...log.settings,
        ...settings,
      };
      const set = Object.entries(all).flatMap(([path, value]) => ['--set', `${path}=${value}`]);
      return startSwath(['run', pipeline, '--json', ...set], { env: { ...services.endpoints } });
    },
    judge({ repeatedPositions }) {
      const read = Array.from({ length: runs }, (_, i) => DeliveryLog.read(logPath(i + 1)).map(named));
      const logs = read.map((events) => ({ events, endedMs: Date.now() }));
      return judgeRepeats({ logs, repeatedPositions });
    },
    hasBegun: () => existsSync(journalPath()),
    journal: () => (run.hasBegun() ? Journal.read(journalPath()) : { opened: 0, finished: 0, committed: 0 }),
    check: log.check,
    async finish(settings = {}) {
      await log.free?.();
      const swath = run.start(settings);
      while (!(await log.isDone())) await sleep(100);
      swath.kill('SIGTERM');
      const { status, stdout, stderr } = await swath.ended;
      const { tiles } = JSON.parse(stdout || '{}');
      if (status !== 0 || tiles?.unfinished !== 0) throw new Error(`ended with ${status}: ${stdout}${stderr}`);
      return run.check();
    },
    invocations: () => services.sagemaker.stats(endpoint).accepted,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
  return run;
}
