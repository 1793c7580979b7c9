import { Worker } from 'node:worker_threads';
import { ModelRequestError } from './modelRequestError.ts';

/** Options of a {@link WorkerPool}. */
export interface WorkerPoolOptions {
  /** Module each worker runs: it posts one message when it is ready, and one for each job. */
  readonly script: URL;
  /** Most workers at a time. */
  readonly size: number;
  /** Jobs that may wait for a worker; one more is refused with status 503. */
  readonly maxWaiting: number;
  /** Time a job may take on its worker, in ms; then the worker is ended and the job fails. */
  readonly timeoutMs: number;
  /** JavaScript heap of a worker in MiB (OpenCV's memory is beside it); one that needs more is ended. Default 1024. */
  readonly heapMiB?: number;
}

/**
 * Threads that take one job at a time, started when they are first needed.
 *
 * A worker that throws, ends or takes too long fails the one job it had; the next job gets a new one.
 */
export class WorkerPool {
  readonly #options: WorkerPoolOptions;
  readonly #idle: Worker[] = [];
  readonly #all = new Set<Worker>();
  readonly #waiting: PromiseWithResolvers<void>[] = []; // for a turn
  #running = 0;
  #closed = false;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
  }

  /** Starts one worker, to learn early whether they start at all. */
  async warmUp(): Promise<void> {
    this.#idle.push(await this.#start());
  }

  /**
   * Runs a job when its turn comes.
   *
   * @param prepare - Makes the job, like decoding its image; called when a worker is free, so that what waits stays small.
   * @param signal - Aborted when nobody wants the answer: the job is dropped if it still waits.
   */
  async run<R>(prepare: () => Promise<unknown>, signal?: AbortSignal): Promise<R> {
    await this.#turn();
    try {
      signal?.throwIfAborted();
      const job = await prepare();
      const worker = this.#idle.pop() ?? (await this.#start());
      const answer = await this.#ask<R>(worker, job);
      this.#idle.push(worker);
      return answer;
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next.resolve(); // who waited longest takes over this job's place
    }
  }

  /** Ends every worker; jobs that run or wait fail. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const next of this.#waiting.splice(0)) next.reject(stopping());
    await Promise.all([...this.#all].map((worker) => worker.terminate()));
  }

  async #turn(): Promise<void> {
    if (this.#closed) throw stopping();
    if (this.#running < this.#options.size) {
      this.#running += 1;
      return;
    }
    if (this.#waiting.length >= this.#options.maxWaiting) {
      throw new ModelRequestError(503, `The model is busy: ${this.#waiting.length} requests wait already`);
    }
    const turn = Promise.withResolvers<void>();
    this.#waiting.push(turn);
    await turn.promise;
  }

  async #start(): Promise<Worker> {
    // Without the flags of this process, which are meant for it alone: what --import runs could end the thread.
    const resourceLimits = { maxOldGenerationSizeMb: this.#options.heapMiB ?? 1024 };
    const worker = new Worker(this.#options.script, { execArgv: [], resourceLimits });
    this.#all.add(worker);
    worker.on('error', () => {}); // whoever waits for the worker learns of it; an idle one is just replaced
    worker.once('exit', () => {
      this.#all.delete(worker);
      const at = this.#idle.indexOf(worker);
      if (at >= 0) this.#idle.splice(at, 1);
    });
    await this.#next(worker);
    return worker;
  }

  async #ask<R>(worker: Worker, job: unknown): Promise<R> {
    const { timeoutMs } = this.#options;
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      void worker.terminate();
    }, timeoutMs);
    try {
      const answer = this.#next<R>(worker);
      worker.postMessage(job);
      return await answer;
    } catch (error) {
      throw late ? new Error(`inference took longer than ${timeoutMs} ms`, { cause: error }) : error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Waits for the worker's next message; fails when it ends first. */
  #next<M>(worker: Worker): Promise<M> {
    return new Promise<M>((resolve, reject) => {
      const done = (): void => {
        worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      };
      const onMessage = (message: M): void => {
        done();
        resolve(message);
      };
      const onError = (error: unknown): void => {
        done();
        reject(error);
      };
      const onExit = (code: number): void => {
        done();
        reject(new Error(`the worker ended with code ${code} before it answered`));
      };
      worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    });
  }
}

function stopping(): ModelRequestError {
  return new ModelRequestError(503, 'The model is stopping');
}
