import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { echoModel } from '../../../src/local/sagemaker/echoModel.ts';
import { startLocalServices } from '../../../src/local/startLocalServices.ts';
import type { DeliveryEvent } from '../../support/chaos/deliveryEvent.ts';
import { DeliveryLog } from '../../support/chaos/deliveryLog.ts';
import { Journal, type JournalCounts } from '../../support/chaos/journal.ts';
import { checkDelivery } from '../../support/checker/checkDelivery.ts';
import { type Commits, readCommits } from '../../support/checker/readCommits.ts';
import type { Verdict } from '../../support/checker/verdict.ts';
import { type RunningSwath, startSwath } from '../../support/cli/startSwath.ts';
import { testTopic } from '../testTopic.ts';
import { pipelineFile } from './pipelineFile.ts';

/** Topics with tiles, an endpoint for them, and the command that runs the fixture's pipeline on both. */
export interface TilesRun extends AsyncDisposable {
  /** Tiles that can be inferred, beside the bad ones. */
  readonly tiles: number;
  readonly bad: number;
  /** Starts `swath run`; settings are those of `--set`. */
  start(settings: Readonly<Record<string, string | number>>): RunningSwath;
  /** What every process so far was given, and what became of it. */
  logs(): DeliveryEvent[][];
  /** What the process that was started last counted. */
  journal(): JournalCounts;
  check(): Promise<Verdict>;
  /** Every commit that was made. */
  commits(): Promise<Commits>;
  /** Starts a process that nothing holds, waits until everything is committed, stops it in order, and checks. */
  finish(settings?: Readonly<Record<string, string | number>>): Promise<Verdict>;
  /** Jobs that the endpoint accepted. */
  invocations(): number;
}

const partitions = 2;
const perPartition = 40;
const largeBytes = 130_000; // too large to go with the invocation: it is uploaded

/** Makes everything that one test needs; each partition ends in a record that is no tile. */
export async function tilesRun({ serviceMs = 20 }: { readonly serviceMs?: number } = {}): Promise<TilesRun> {
  const folder = await mkdtemp(join(tmpdir(), 'swath-chaos-'));
  const pipeline = await pipelineFile(folder, 'tilesPipeline');
  const services = await startLocalServices({ services: ['s3', 'sagemaker'], buckets: ['in', 'out'] });
  const paths = { outputPath: 's3://out/async-inference/output/', failurePath: 's3://out/async-inference/failure/' };
  services.sagemaker.addEndpoint({
    name: 'echo',
    model: echoModel({ serviceMs }),
    concurrencyPerInstance: 50,
    ...paths,
  });
  const [input, output, dead] = await Promise.all([testTopic({ partitions }), testTopic(), testTopic()]);
  const { brokers, groupId } = input;
  for (let partition = 0; partition < partitions; partition++) {
    const tiles = Array.from({ length: perPartition }, (_, i) => ({
      key: `scene-${i % 5}`,
      value: Buffer.alloc(i % 8 === 1 ? largeBytes : 200, `${partition}/${i} `),
    }));
    await input.append(partition, [...tiles, { key: 'bad', value: '' }]);
  }
  let runs = 0;
  const journalPath = (): string => join(folder, `journal-${runs}`);
  const logPath = (process: number): string => join(folder, `log-${process}`);
  const run: TilesRun = {
    tiles: partitions * perPartition,
    bad: partitions,
    start(settings) {
      runs += 1;
      const all = {
        'kafka.brokers': brokers.join(','),
        'source.topic': input.topic,
        'source.groupId': groupId,
        'source.sessionTimeoutMs': 3000,
        'source.maxInFlight': 12,
        'sink.topic': output.topic,
        'deadLetter.topic': dead.topic,
        'endpoint.name': 'echo',
        'endpoint.inputBucket': 'in',
        'endpoint.outputBucket': 'out',
        'endpoint.failurePrefix': 'async-inference/failure/',
        journal: journalPath(),
        log: logPath(runs),
        ...settings,
      };
      const set = Object.entries(all).flatMap(([path, value]) => ['--set', `${path}=${value}`]);
      return startSwath(['run', pipeline, '--json', ...set], { env: { ...services.endpoints } });
    },
    logs: () => Array.from({ length: runs }, (_, i) => DeliveryLog.read(logPath(i + 1))),
    journal: () => Journal.read(journalPath()),
    check: () => checkDelivery({ brokers, input: input.topic, groupId, output: output.topic, deadLetter: dead.topic }),
    commits: () => readCommits(input.kafka(), groupId, input.topic),
    async finish(settings = {}) {
      const swath = run.start(settings);
      for (let partition = 0; partition < partitions; partition++) {
        while ((await input.committed(partition)).offset !== String(perPartition + 1)) await sleep(100);
      }
      swath.kill('SIGTERM');
      const { status, stdout, stderr } = await swath.ended;
      const { tiles } = JSON.parse(stdout || '{}');
      if (status !== 0 || tiles?.unfinished !== 0) throw new Error(`ended with ${status}: ${stdout}${stderr}`);
      return run.check();
    },
    invocations: () => services.sagemaker.stats('echo').accepted,
    async [Symbol.asyncDispose]() {
      await services.close();
      await rm(folder, { recursive: true });
    },
  };
  return run;
}
