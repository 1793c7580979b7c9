import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { childLines } from '../childLines.ts';
import { freePorts } from '../kafka/freePorts.ts';

/** A Kinesis whose shards split, name their children, list by pages and tell how far a reader is behind; slower than the default one. */
export interface KinesisLocal extends AsyncDisposable {
  readonly url: string;
  close(): Promise<void>;
}

const main = createRequire(import.meta.url).resolve('kinesis-local/main.js');
const changesMs = '50ms';
const preload = new URL('onLoopback.ts', import.meta.url).href;

/** Starts `kinesis-local` in a process of its own, on loopback. */
export async function startKinesisLocal(): Promise<KinesisLocal> {
  const [tls, plain] = await freePorts(2);
  const durations = ['CREATE_STREAM', 'DELETE_STREAM', 'SPLIT_SHARD', 'MERGE_SHARDS', 'UPDATE_SHARD_COUNT'];
  const env = {
    PATH: process.env['PATH'],
    KINESIS_MOCK_TLS_PORT: String(tls),
    KINESIS_MOCK_PLAIN_PORT: String(plain),
    LOG_LEVEL: 'ERROR',
    SHARD_LIMIT: '200',
    ...Object.fromEntries(durations.map((name) => [`${name}_DURATION`, changesMs])),
  };
  const child = childLines(process.execPath, ['--import', preload, main], { env, cwd: dirname(main) });
  const url = `http://127.0.0.1:${plain}`;
  await Promise.race([answers(url), child.until(() => false)]);
  return { url, close: () => child.kill(), [Symbol.asyncDispose]: () => child.kill() };
}

async function answers(url: string): Promise<void> {
  while (!(await fetch(`${url}/healthcheck`).catch(() => undefined))?.ok) await sleep(50);
}
