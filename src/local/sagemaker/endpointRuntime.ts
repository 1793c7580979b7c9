import { randomUUID } from 'node:crypto';
import { delay } from './delay.ts';
import { EndpointCounters } from './endpointCounters.ts';
import { FaultBoard } from './faultBoard.ts';
import { httpModel } from './httpModel.ts';
import type { Invocation } from './invocation.ts';
import type { Job } from './job.ts';
import { JobQueue } from './jobQueue.ts';
import type { LocalEndpoint } from './localEndpoint.ts';
import { functionModel, type Model } from './model.ts';
import { notification, type Outcome } from './notification.ts';
import type { ObjectIo, TypedBytes } from './objectIo.ts';
import { outcomeLocations } from './outcomeLocations.ts';
import { runJob } from './runJob.ts';

const DEFAULT_CONCURRENCY = 4;
/** How often a container that is not healthy is asked again, in ms. */
const PING_EVERY_MS = 100;
const UNWRITABLE = 'Unable to write the output';

/** What an {@link EndpointRuntime} needs from outside. */
export interface EndpointRuntimeContext {
  readonly objects: ObjectIo;
  readonly notify: (topicArn: string, message: string) => Promise<void>;
  readonly region: string;
  readonly secondMs: number;
  readonly seed: number;
}

/** One asynchronous endpoint: its queue, its instances, and what becomes of its jobs. */
export class EndpointRuntime {
  readonly counters = new EndpointCounters();
  readonly faults: FaultBoard;
  readonly #endpoint: LocalEndpoint;
  readonly #context: EndpointRuntimeContext;
  readonly #model: Model;
  readonly #queue: JobQueue;
  readonly #closing = new AbortController();
  /** One per running job: listeners on a single signal would cost a walk through all of them per job. */
  readonly #running = new Set<AbortController>();
  #instances: number;
  /** False until /ping answered 200, and again after the container gave no answer. */
  #healthy = false;
  #pinging = false;
  /** Jobs that left the queue unserved and whose failure is being written. */
  #expiring = 0;
  #idle: (() => void)[] = [];

  constructor(endpoint: LocalEndpoint, context: EndpointRuntimeContext) {
    this.#endpoint = endpoint;
    this.#context = context;
    this.#instances = endpoint.instances ?? 1;
    this.faults = new FaultBoard({ seed: context.seed, nowMs: () => performance.now() });
    this.faults.set(endpoint.faults ?? {});
    this.#model = typeof endpoint.model === 'string' ? httpModel(endpoint.model) : functionModel(endpoint.model);
    this.#queue = new JobQueue((job) => void this.#expired(job));
  }

  /** Takes a job into the queue, unless it is to be lost. */
  accept(invocation: Invocation, lost = false): Job {
    const inferenceId = invocation.inferenceId ?? randomUUID();
    const locations = outcomeLocations(this.#endpoint, invocation);
    const job: Job = { invocation, inferenceId, locations, receivedAt: new Date() };
    this.counters.accepted(inferenceId, locations.output);
    if (lost) return job;
    this.counters.add('queued');
    this.#queue.push(job, invocation.requestTtlSeconds * this.#context.secondMs);
    this.#pump();
    return job;
  }

  /** Sets how many instances work; running jobs go on. */
  scale(instances: number): void {
    this.#instances = instances;
    this.#pump();
  }

  /** Resolves when nothing waits and nothing runs. */
  idle(): Promise<void> {
    return new Promise((resolve) => {
      this.#idle.push(resolve);
      this.#tellIdle();
    });
  }

  /** Gives up everything that waits or runs. */
  close(): void {
    this.#closing.abort();
    for (const stop of this.#running) stop.abort();
    this.counters.add('queued', -this.#queue.size);
    this.#queue.clear();
    this.#model.close();
    this.#tellIdle();
  }

  #pump(): void {
    const capacity = this.#instances * (this.#endpoint.concurrencyPerInstance ?? DEFAULT_CONCURRENCY);
    while (this.counters.get('running') < capacity && this.#queue.size > 0 && !this.#closing.signal.aborted) {
      if (!this.#healthy) {
        void this.#awaitHealth();
        return;
      }
      const job = this.#queue.shift();
      if (job === undefined) return;
      this.counters.add('queued', -1);
      this.counters.add('running');
      void this.#run(job);
    }
  }

  async #awaitHealth(): Promise<void> {
    if (this.#pinging) return;
    this.#pinging = true;
    while (!this.#closing.signal.aborted && !(await this.#model.ping())) {
      await delay(PING_EVERY_MS, this.#closing.signal);
    }
    this.#pinging = false;
    this.#healthy = true;
    this.#pump();
  }

  async #run(job: Job): Promise<void> {
    const { objects, secondMs } = this.#context;
    const { counters, faults } = this;
    const stop = new AbortController();
    this.#running.add(stop);
    const lost = (): void => {
      this.#healthy = false;
    };
    const ran = await runJob(job, { model: this.#model, objects, faults, counters, secondMs, stop, lost });
    this.#running.delete(stop);
    if (!this.#closing.signal.aborted) {
      if ('result' in ran) await this.#completed(job, ran.result);
      else await this.#failed(job, ran.failure, ran.reason);
    }
    counters.add('running', -1);
    this.#tellIdle();
    this.#pump();
  }

  async #expired(job: Job): Promise<void> {
    this.#expiring += 1;
    this.counters.add('queued', -1);
    this.counters.add('expired');
    const text = `Request expired: it was not processed within ${job.invocation.requestTtlSeconds} seconds`;
    await this.#failed(job, textObject(text), `ClientError: ${text}`);
    this.#expiring -= 1;
    this.#tellIdle();
  }

  async #completed(job: Job, result: TypedBytes): Promise<void> {
    if (!(await this.#tried(() => this.#context.objects.put(job.locations.output, result)))) {
      return this.#failed(job, textObject(UNWRITABLE), `ClientError: ${UNWRITABLE}`);
    }
    this.counters.add('completed');
    await this.#announce(this.#endpoint.successTopicArn, job, { status: 'Completed', contentType: result.contentType });
  }

  async #failed(job: Job, object: TypedBytes, reason: string): Promise<void> {
    this.counters.add('failed');
    const { failure } = job.locations;
    if (failure !== undefined) await this.#tried(() => this.#context.objects.put(failure, object));
    await this.#announce(this.#endpoint.errorTopicArn, job, { status: 'Failed', reason });
  }

  async #announce(topicArn: string | undefined, job: Job, outcome: Outcome): Promise<void> {
    if (topicArn === undefined) return;
    const message = notification(job, outcome, { region: this.#context.region, time: new Date() });
    await this.#tried(() => this.#context.notify(topicArn, message));
  }

  async #tried(act: () => Promise<void>): Promise<boolean> {
    try {
      await act();
      return true;
    } catch (error) {
      if (!this.#closing.signal.aborted)
        this.counters.lastProblem = error instanceof Error ? error.message : String(error);
      return false;
    }
  }

  #tellIdle(): void {
    if (this.#queue.size + this.counters.get('running') + this.#expiring > 0) return;
    for (const tell of this.#idle.splice(0)) tell();
  }
}

function textObject(text: string): TypedBytes {
  return { bytes: Buffer.from(text), contentType: 'text/plain' };
}
