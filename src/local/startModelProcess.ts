import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { extname } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ServiceError } from '../errors/serviceError.ts';
import { describeExit } from './describeExit.ts';
import { freePort } from './freePort.ts';
import type { ModelExit, ModelProcess, ModelProcessOptions } from './modelProcess.ts';
import { httpModel } from './sagemaker/httpModel.ts';

const HOST = '127.0.0.1';
const PING_EVERY_MS = 50;
/** Ceiling of the wait before a container that keeps dying is started again, in ms. */
const MAX_RESTART_DELAY_MS = 5_000;
/** Deaths in a row, without a good /ping between, after which it is not started again. */
const MAX_DEATHS_IN_ROW = 5;
/** Free ports that are tried, where none is given. */
const MAX_PORTS = 3;
const NEVER_RAN: ModelExit = { code: null, signal: null };
/** Ends the container when this process is gone, however it went: its end of the pipe closes. */
const DIE_WITH_PARENT =
  'data:text/javascript,process.stdin.on("end",()=>process.exit(0)).on("error",()=>process.exit(0)).resume().unref()';

/**
 * Runs a model container as a child process under SageMaker's contract: SAGEMAKER_BIND_TO_PORT tells it where to listen,
 * it has the work of /ping and /invocations, it is started again when it dies, SIGTERM ends it, SIGKILL after the grace.
 *
 * @throws The reason of `signal`, when that aborts before.
 * @throws ServiceError when it dies before its first good /ping, or gives none in time.
 */
export async function startModelProcess(options: ModelProcessOptions): Promise<ModelProcess> {
  for (let ports = 1; ; ports++) {
    try {
      return await startOn(options.port || (await freePort(HOST)), options);
    } catch (error) {
      // A port that was free may be another's by the time the model is loaded.
      const taken = error instanceof ServiceError && error.message.includes('EADDRINUSE');
      if (options.port || !taken || ports === MAX_PORTS) throw error;
    }
  }
}

async function startOn(port: number, options: ModelProcessOptions): Promise<ModelProcess> {
  const { readyTimeoutMs = 60_000, stopGraceMs = 30_000, log, signal } = options;
  signal?.throwIfAborted();
  const url = `http://${HOST}:${port}`;
  const script = options.script ?? shippedModel();
  const stopping = new AbortController();
  const givenUp = new AbortController();
  let child: ChildProcess | undefined;
  let exited: Promise<ModelExit> = Promise.resolve(NEVER_RAN);
  let ready = false;
  let restarts = 0;
  let deathsInRow = 0;
  let lastLine = '';

  const start = (): void => {
    const args = ['--disable-warning=ExperimentalWarning', '--import', DIE_WITH_PARENT, script];
    const env = {
      ...process.env,
      ...options.env,
      SM_MODEL_DIR: options.modelDir,
      SAGEMAKER_BIND_TO_PORT: String(port),
    };
    // In a process group of its own: Ctrl-C in a terminal reaches the whole group, but what is in flight still needs the model.
    const started = spawn(process.execPath, args, { env, stdio: ['pipe', 'pipe', 'pipe'], detached: true });
    child = started;
    for (const stream of [started.stdout, started.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        if (line.trim() !== '') lastLine = line;
        log?.(line);
      });
    }
    exited = once(started, 'close')
      .then(([code, signal]) => ({ code, signal }) as ModelExit)
      .catch(() => NEVER_RAN);
    void exited.then(restart);
  };
  const restart = async (exit: ModelExit): Promise<void> => {
    child = undefined;
    if (stopping.signal.aborted || !ready) return;
    deathsInRow += 1;
    const delayMs = Math.min(MAX_RESTART_DELAY_MS, 100 * 2 ** (deathsInRow - 1));
    const hopeless = deathsInRow >= MAX_DEATHS_IN_ROW;
    options.died?.({ ...exit, lastLine, inRow: deathsInRow, restartAfterMs: hopeless ? undefined : delayMs });
    if (hopeless) {
      const often = `${deathsInRow} times in a row, the last time with ${describeExit(exit)}`;
      return givenUp.abort(notServing(`the model container ended ${often}${lastLine && `: ${lastLine}`}`));
    }
    await sleep(delayMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    if (stopping.signal.aborted) return;
    restarts += 1;
    start();
    if (await healthy()) deathsInRow = 0;
  };
  const model = httpModel(url);
  const healthy = async (): Promise<boolean> => {
    const mine = child;
    while (child !== undefined && child === mine && !stopping.signal.aborted) {
      if (await model.ping()) return true;
      await sleep(PING_EVERY_MS);
    }
    return false;
  };
  const stop = async (): Promise<ModelExit> => {
    stopping.abort();
    const running = child;
    running?.kill('SIGTERM');
    const kill = setTimeout(() => running?.kill('SIGKILL'), stopGraceMs);
    const exit = await exited;
    clearTimeout(kill);
    return exit;
  };

  start();
  const over = new AbortController();
  const late = AbortSignal.any([over.signal, ...(signal ? [signal] : [])]);
  ready = await Promise.race([healthy(), sleep(readyTimeoutMs, false, { signal: late }).catch(() => false)]);
  over.abort();
  if (signal?.aborted) {
    await stop();
    throw signal.reason;
  }
  if (!ready) {
    const died = child === undefined;
    const lastWords = lastLine && `: ${lastLine}`;
    const exit = await stop();
    const why = died ? `ended with ${describeExit(exit)}` : `did not answer /ping within ${readyTimeoutMs} ms`;
    throw notServing(`the model container ${why}${lastWords}`);
  }
  return {
    url,
    get pid() {
      return child?.pid;
    },
    get restarts() {
      return restarts;
    },
    givenUp: givenUp.signal,
    stop,
    [Symbol.asyncDispose]: async () => {
      await stop();
    },
  };
}

function notServing(message: string): ServiceError {
  return new ServiceError('SERVICE_UNAVAILABLE', message, { operation: 'model.start', serviceCode: 'ModelNotReady' });
}

/** The model lies beside `src` in a checkout, and beside `dist/src` where it is installed. */
function shippedModel(): string {
  return fileURLToPath(new URL(`../../model/server${extname(import.meta.url)}`, import.meta.url));
}
