import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Guard } from './guard.ts';

const run = promisify(execFile);
const startTimeoutMs = 60_000;
// Short-lived brokers gain nothing from the second compiler; a small fixed heap lets several share a machine.
const jvm = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-XX:-UsePerfData', '-Xshare:auto', '-Xss512k'];
const ready = 'Kafka Server started'; // logged after the broker is unfenced and its listeners accept
const logging = `status=error
appender.out.type=Console
appender.out.name=out
appender.out.layout.type=PatternLayout
appender.out.layout.pattern=[%d] %p %m (%c)%n
rootLogger.level=WARN
rootLogger.appenderRef.out.ref=out
logger.ready.name=kafka.server.KafkaRaftServer
logger.ready.level=INFO
`;

/** What a node is made from. */
export interface KafkaNodeOptions {
  readonly folder: string;
  readonly java: string;
  readonly classPath: string;
  readonly properties: string;
  readonly heapMb: number;
  readonly guard: Guard;
}

/** One broker process on its own data folder; it can be killed and started again. */
export class KafkaNode {
  readonly #options: KafkaNodeOptions;
  #process: ChildProcess | undefined;

  constructor(options: KafkaNodeOptions) {
    this.#options = options;
  }

  /** Writes the configuration and formats the data folder for the cluster; `extra` goes to the storage tool. */
  async format(clusterId: string, extra: readonly string[] = []): Promise<void> {
    const { folder, java, properties, guard } = this.#options;
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'server.properties'), properties);
    await writeFile(join(folder, 'log4j2.properties'), logging);
    const tool = ['kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', join(folder, 'server.properties')];
    const work = run(java, [...this.#flags('-Xmx128m'), ...tool, ...extra]);
    const pid = work.child.pid ?? 0;
    if (pid) guard.add(pid);
    await work.finally(() => guard.drop(pid));
  }

  /** Starts the broker and resolves when it serves; rejects with the end of its log when it does not. */
  async start(signal?: AbortSignal): Promise<void> {
    if (this.#process) return;
    const { folder, java, heapMb, guard } = this.#options;
    const logFile = join(folder, 'server.log');
    const log = openSync(logFile, 'w');
    const flags = this.#flags('-Xms64m', `-Xmx${heapMb}m`, '-XX:MaxDirectMemorySize=128m');
    // Detached: Ctrl-C in a terminal reaches us alone, and we decide what happens to the broker.
    const child = spawn(java, [...flags, 'kafka.Kafka', join(folder, 'server.properties')], {
      cwd: folder,
      detached: true,
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    const { pid } = child;
    if (pid === undefined) throw new Error(`${java} could not be started`);
    guard.add(pid);
    this.#process = child;
    child.once('exit', () => {
      guard.drop(pid);
      if (this.#process === child) this.#process = undefined;
    });
    for (let waitedMs = 0; ; waitedMs += 50) {
      signal?.throwIfAborted();
      const text = await readFile(logFile, 'utf8');
      if (text.includes(ready)) return;
      if (this.#process !== child || waitedMs > startTimeoutMs) {
        await this.kill('SIGKILL');
        throw new Error(`Kafka did not start:\n${text.split('\n').slice(-30).join('\n')}`);
      }
      await sleep(50);
    }
  }

  /** Sends a signal; for one that ends the process, resolves when it ended. */
  async kill(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    if (!child) return;
    const ends = signal === 'SIGKILL' || signal === 'SIGTERM' || signal === 'SIGINT';
    const exited = once(child, 'exit');
    child.kill(signal);
    if (ends) await exited;
  }

  #flags(...memory: string[]): string[] {
    const { folder, classPath } = this.#options;
    const log4j = `-Dlog4j2.configurationFile=${join(folder, 'log4j2.properties')}`;
    return [...jvm, ...memory, '-Djava.awt.headless=true', log4j, '-cp', classPath];
  }
}
