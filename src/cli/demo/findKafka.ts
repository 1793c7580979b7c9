import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { ConfigurationError } from '../../errors/configurationError.ts';
import { freePort } from '../../local/freePort.ts';
import { unlessStopped } from '../unlessStopped.ts';

/** A Kafka to use; disposing of it ends it where it was started for this. */
export interface FoundKafka extends AsyncDisposable {
  readonly brokers: readonly string[];
}

/** Who is told what is done, and what ends it. */
export interface FindOptions {
  readonly tell: (message: string) => void;
  readonly stop: AbortSignal;
}

const usual = { host: '127.0.0.1', port: 9092 } as const;
const connectMs = 500;
/** What `npm run kafka` runs; only a checkout has it. */
const starter = fileURLToPath(new URL('../../../test/support/kafka/main.ts', import.meta.url));
/** Ends the starter, and Kafka with it, when this process is gone, however it went: its end of the pipe closes. */
const endWithParent =
  'data:text/javascript,process.stdin.on("end",()=>process.kill(process.pid,"SIGTERM")).on("error",()=>0).resume().unref()';

/**
 * Finds the Kafka that listens where `npm run kafka` starts it, else starts one from its jars.
 *
 * @throws ConfigurationError when there is none and none can be started.
 * @throws The reason of `stop`, when that aborts before it is ready.
 */
export async function findKafka({ tell, stop }: FindOptions): Promise<FoundKafka> {
  if (await listens()) {
    tell(`Using the Kafka at ${usual.host}:${usual.port}.`);
    return { brokers: [`${usual.host}:${usual.port}`], [Symbol.asyncDispose]: async () => {} };
  }
  if (existsSync(starter)) return startKafka({ tell, stop });
  throw noKafka(`nothing listens at ${usual.host}:${usual.port}`);
}

async function startKafka({ tell, stop }: FindOptions): Promise<FoundKafka> {
  tell('Starting Apache Kafka from its jars; the first time they are fetched.');
  const port = await freePort(usual.host);
  const args = ['--disable-warning=ExperimentalWarning', '--import', endWithParent, starter, '--port', String(port)];
  // In a process group of its own: Ctrl-C reaches the whole group, but what is in flight still needs Kafka.
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
  const exited = once(child, 'close');
  let said = '';
  createInterface({ input: child.stderr }).on('line', (line) => (said = line));
  const ready = once(createInterface({ input: child.stdout }), 'line');
  const end = async (): Promise<void> => {
    child.kill('SIGTERM');
    await exited;
  };
  const answered = Promise.race([ready.then(([line]) => String(line).split(',')), exited.then(() => undefined)]);
  const brokers = await unlessStopped(answered, stop);
  if (stop.aborted) {
    await end();
    throw stop.reason;
  }
  if (brokers === undefined) throw noKafka(said);
  return { brokers, [Symbol.asyncDispose]: end };
}

function noKafka(reason: string): ConfigurationError {
  const rule = `kafka needs one: --set kafka.brokers=HOST:PORT names it, npm run kafka in a checkout starts it (${reason})`;
  return new ConfigurationError([{ field: '--source', rule }]);
}

function listens(): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ ...usual, timeout: connectMs });
    const answer = (isThere: boolean): void => {
      socket.destroy();
      resolve(isThere);
    };
    socket
      .once('connect', () => answer(true))
      .once('error', () => answer(false))
      .once('timeout', () => answer(false));
  });
}
