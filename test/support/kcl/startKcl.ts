import { childLines } from '../childLines.ts';
import { prepareJava } from './prepareJava.ts';

/** Settings of the application in `KclApp.java`. */
export interface KclSettings {
  readonly version: string;
  /** Mode of a 3.x that is to get on with a 2.x. */
  readonly mode?: string | undefined;
  readonly stream: string;
  readonly table: string;
  readonly worker: string;
  readonly kinesis: string;
  readonly dynamodb: string;
  readonly failoverMs: number;
  /** Records it handles; default all. */
  readonly limit?: number | undefined;
}

/** A running application of the Kinesis Client Library. */
export interface KclWorker {
  /** What its processor was called for: `assigned SHARD CHECKPOINT`, `record SHARD TEXT`, `lost SHARD`, `ended SHARD`, … */
  readonly lines: readonly string[];
  /** Values of the records it handled and checkpointed, in its order. */
  readonly texts: readonly string[];
  until(enough: () => boolean): Promise<void>;
  /** Lets it shut down in order: checkpoints are kept, leases given up. */
  stop(): Promise<void>;
  kill(): Promise<void>;
}

/** Starts the application with a Kinesis Client Library of that version, and resolves when it runs. */
export async function startKcl({ version, ...settings }: KclSettings, env: NodeJS.ProcessEnv): Promise<KclWorker> {
  const properties = { 'kcl.version': version };
  const { java, args } = await prepareJava({ name: `kcl-${version}`, pom: 'pom.xml', properties, main: 'KclApp' }, env);
  const given = Object.entries(settings).filter(([, value]) => value !== undefined);
  const log = '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn';
  const child = childLines(java, [log, ...args, ...given.map(([name, value]) => `${name}=${value}`)], { env });
  await child.until((lines) => lines.includes('started'));
  return {
    lines: child.lines,
    get texts() {
      return child.lines.map((line) => /^record \S+ (.*)$/.exec(line)?.[1]).filter((text) => text !== undefined);
    },
    until: (enough) => child.until(enough),
    stop: () => child.stop(),
    kill: () => child.kill(),
  };
}
