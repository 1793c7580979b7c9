import { DiagLogLevel, diag } from '@opentelemetry/api';
import { from, lastValueFrom, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { InferenceFailedError } from '../../../src/errors/inferenceFailedError.ts';
import { ServiceError } from '../../../src/errors/serviceError.ts';
import { awaitResult } from '../../../src/operators/awaitResult.ts';
import { type InferOptions, inferAsync } from '../../../src/operators/inferAsync.ts';
import { invokeAsync } from '../../../src/operators/invokeAsync.ts';
import { jobName } from '../../../src/operators/jobName.ts';
import type { PollSchedule } from '../../../src/operators/pollSchedule.ts';
import { uploadTile } from '../../../src/operators/uploadTile.ts';
import type { AsyncEndpoint } from '../../../src/ports/asyncEndpoint.ts';
import { envelopeOf, type MemoryEndpoint, memoryEndpoint, type TestDeliveryFacts } from '../../../src/testing.ts';
import type { Tile } from '../../../src/tile/tile.ts';

const taught: number[] = [];
const every5Ms: PollSchedule = {
  plan: () => ({
    firstMs: 1,
    nextMs: (sinceMs) => sinceMs + 5,
    looksForFailure: () => true,
    found: (_, foundMs) => taught.push(foundMs),
  }),
};
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const tile = (payload: Tile['payload'] = { bytes: bytes('a') }): Tile => ({
  id: 'a',
  payload,
  contentType: 'image/png',
});
const name = jobName('memory', { stream: 'test', partition: '0', position: '0' }, 'a');
const retry = { maxAttempts: 3, delayMs: () => 1 };
const refused = (code: ServiceError['code'], serviceCode: string): ServiceError =>
  new ServiceError(code, `${serviceCode} for the test`, { operation: 'test', serviceCode });

/** The job that an earlier process, or delivery, had started. */
const earlierJob = (endpoint: MemoryEndpoint) =>
  endpoint.invoke({ name, input: tile().payload, contentType: 'image/png', remainingMs: 1_000 });

async function infer(
  endpoint: AsyncEndpoint,
  facts: TestDeliveryFacts,
  options: Partial<InferOptions> = {},
  payload?: Tile['payload'],
) {
  const envelope = envelopeOf(tile(payload), facts);
  const stage = inferAsync<Tile>({ endpoint, schedule: every5Ms, retry, ...options });
  const [out] = await lastValueFrom(from([envelope]).pipe(stage, toArray()));
  return { out, answer: out?.tile.result.text(), delivery: envelope.delivery };
}

describe('a redelivered tile whose job runs', () => {
  it('takes the outcome that is there: one call, no invocation, no upload', async () => {
    const endpoint = memoryEndpoint({ model: (input) => input, maxInlineBytes: 100 });
    await earlierJob(endpoint);
    const large = { bytes: new Uint8Array(200) };
    const { out, answer } = await infer(endpoint, { told: 0 }, {}, large);
    expect(answer).toBe('a');
    expect(out?.tile).toMatchObject({ jobName: name, input: { uri: endpoint.inputUri(name) } });
    expect(endpoint.invoked).toBe(1);
    expect(endpoint.store.calls).toMatchObject({ get: 1, put: 0, head: 0, delete: 0 });
  });

  it('waits for the outcome that is not there yet, and teaches the schedule nothing by it', async () => {
    const endpoint = memoryEndpoint({ serviceMs: 40, model: (input) => input });
    await earlierJob(endpoint);
    taught.length = 0;
    const { answer, delivery } = await infer(endpoint, { told: 0 });
    expect(answer).toBe('a');
    expect(endpoint.invoked).toBe(1);
    expect(endpoint.store.calls.get).toBeGreaterThan(2);
    expect(taught).toEqual([]);
    expect(delivery.jobs.runs).toBe(false); // a second endpoint's job is not one to wait for
  });

  it('fails with the job that failed while nobody watched', async () => {
    const endpoint = memoryEndpoint({ model: () => ({ bytes: bytes('no image'), failed: true }) });
    await earlierJob(endpoint);
    const { out, delivery } = await infer(endpoint, { told: 0 });
    expect(out).toBeUndefined();
    expect(delivery.settlements).toEqual([['nack', 'await', expect.any(InferenceFailedError)]]);
    expect(endpoint.invoked).toBe(1);
  });

  it('is invoked anew, with a new deadline, when the job was lost', async () => {
    const endpoint = memoryEndpoint({ serviceMs: 30, model: (input) => input });
    const started = performance.now();
    const { answer, delivery } = await infer(endpoint, { told: 0 }, { deadlineMs: 50 });
    expect(answer).toBe('a');
    expect(endpoint.invoked).toBe(1);
    expect(performance.now() - started).toBeGreaterThan(50); // a lower bound: it waited for the old job first
    expect(delivery.jobLog).toEqual(['runs none', 'runs 0', 'ended 0']);
    expect(delivery.settlements).toEqual([]);
  });

  it('is invoked where nobody can say where its outcome would be', async () => {
    const endpoint = memoryEndpoint({ model: (input) => input });
    await earlierJob(endpoint);
    const { answer } = await infer({ ...endpoint, expected: () => undefined }, { told: 0 });
    expect(answer).toBe('a');
    expect(endpoint.invoked).toBe(2);
  });

  it('finds a failure where the endpoint’s answer to another tile says that failures lie', async () => {
    const endpoint = memoryEndpoint({ model: () => ({ bytes: bytes('no image'), failed: true }) });
    await earlierJob(endpoint);
    let known = false;
    const unsure: AsyncEndpoint = {
      ...endpoint,
      expected: (job) => {
        const place = endpoint.expected(job);
        return place && { ...place, failureUri: known ? place.failureUri : undefined };
      },
    };
    setTimeout(() => {
      known = true;
    }, 20);
    const { delivery } = await infer(unsure, { told: 0 });
    expect(delivery.settlements).toEqual([['nack', 'await', expect.any(InferenceFailedError)]]);
    expect(endpoint.invoked).toBe(1);
  });

  it('says once, and only while it waits, that nobody knows where failures would be', async () => {
    const said: string[] = [];
    const warn = (message: string): void => void said.push(message);
    const silent = (): void => undefined;
    diag.setLogger({ warn, error: silent, info: silent, debug: silent, verbose: silent }, DiagLogLevel.WARN);
    try {
      const ended = memoryEndpoint({ model: (input) => input, failurePath: false });
      await earlierJob(ended);
      await infer(ended, { told: 0 });
      const known = memoryEndpoint({ serviceMs: 40, model: (input) => input });
      await earlierJob(known);
      await infer(known, { told: 0 });
      expect(said).toEqual([]);
      const unknown = memoryEndpoint({ serviceMs: 60, model: (input) => input, failurePath: false });
      await earlierJob(unknown);
      await Promise.all([infer(unknown, { told: 0 }), infer(unknown, { told: 0 })]);
      expect(said).toEqual([expect.stringMatching(/endpoint memory leaves failures \(option failurePrefix\)/)]);
    } finally {
      diag.disable();
    }
  });

  it('waits as well where the stages stand alone', async () => {
    const endpoint = memoryEndpoint({ serviceMs: 20, model: (input) => input });
    await earlierJob(endpoint);
    const stages = from([envelopeOf(tile(), { told: 0 })]).pipe(
      uploadTile<Tile>({ endpoint }),
      invokeAsync({ endpoint, schedule: every5Ms }),
      awaitResult({ endpoint, schedule: every5Ms }),
    );
    expect((await lastValueFrom(stages)).tile.result.text()).toBe('a');
    expect(endpoint.invoked).toBe(1);
  });
});

describe('a redelivered tile of which no job is known to run', () => {
  it('is looked for once, and then invoked, though an older job failed', async () => {
    let calls = 0;
    const endpoint = memoryEndpoint({ model: (input) => (++calls === 1 ? { bytes: input, failed: true } : input) });
    await earlierJob(endpoint);
    const { answer } = await infer(endpoint, { redelivered: true }, {});
    expect(answer).toBe('a');
    expect(endpoint.invoked).toBe(2);
  });

  it('leaves no failure behind that who waits for the new job would take for its outcome', async () => {
    let calls = 0;
    const endpoint = memoryEndpoint({
      serviceMs: () => (calls === 1 ? 0 : 60),
      model: (input) => (++calls === 1 ? { bytes: bytes('no image'), failed: true } : input),
    });
    await earlierJob(endpoint);
    const dying = infer(endpoint, { redelivered: true });
    await expect.poll(() => endpoint.invoked, { interval: 1 }).toBe(2);
    const { answer, delivery } = await infer(endpoint, { told: 0 }); // whoever gets the tile while its second job runs
    expect(delivery.settlements).toEqual([]);
    expect(answer).toBe('a');
    expect(endpoint.invoked).toBe(2);
    await dying;
  });

  it('does not take the failure of its last delivery for the outcome of the next job', async () => {
    let calls = 0;
    const fails = memoryEndpoint({
      serviceMs: 20,
      model: (input) => (++calls === 1 ? { bytes: input, failed: true } : input),
    });
    const first = await infer(fails, {});
    expect(first.delivery.settlements).toHaveLength(1);
    expect(fails.store.objects.size).toBe(1);
    const again = await infer(fails, { attempt: 2 });
    expect(again.answer).toBe('a');
    expect(fails.invoked).toBe(2);
    expect(fails.store.calls.delete).toBe(1);
  });

  it('goes on where it may not read what is not there, nor remove the old failure', async () => {
    const endpoint = memoryEndpoint({ model: (input) => input });
    let denials = 0;
    endpoint.store.refusals.push(() => (++denials <= 2 ? refused('ACCESS_DENIED', 'AccessDenied') : undefined));
    const { answer } = await infer(endpoint, { attempt: 2 });
    expect(answer).toBe('a');
    expect(denials).toBeGreaterThan(2);
  });
});

describe('an invocation whose answer was lost', () => {
  /** Accepts the first job and then answers with the error. */
  const losing = (endpoint: MemoryEndpoint, error: Error): AsyncEndpoint => {
    let lost = false;
    return {
      ...endpoint,
      invoke: async (request) => {
        const invocation = await endpoint.invoke(request);
        if (lost) return invocation;
        lost = true;
        throw error;
      },
    };
  };

  it('is not paid again when the outcome is there by the next attempt', async () => {
    const endpoint = memoryEndpoint({ model: (input) => input });
    const { answer, delivery } = await infer(losing(endpoint, refused('SERVICE_UNAVAILABLE', 'ECONNRESET')), {});
    expect(answer).toBe('a');
    expect(endpoint.invoked).toBe(1);
    expect(delivery.jobLog).toEqual(['ended 0']); // nobody answered that it had started
  });

  it('is repeated when it is not, and tells of the job that was accepted', async () => {
    const endpoint = memoryEndpoint({ serviceMs: 1_000, model: (input) => input }); // longer than the next attempt waits
    const { answer, delivery } = await infer(losing(endpoint, refused('SERVICE_UNAVAILABLE', 'ECONNRESET')), {});
    expect(answer).toBe('a');
    expect(endpoint.invoked).toBe(2);
    expect(delivery.jobLog).toEqual(['runs 0', 'ended 0']);
  });

  it('costs no look when the endpoint said that it was too busy', async () => {
    const endpoint = memoryEndpoint({ serviceMs: 10, model: (input) => input });
    let refusals = 0;
    endpoint.refusals.push(() => (++refusals <= 2 ? refused('SERVICE_THROTTLED', 'ThrottlingException') : undefined));
    let before: number | undefined;
    const counted: AsyncEndpoint = {
      ...endpoint,
      invoke: async (request) => {
        before = endpoint.store.calls.get;
        return endpoint.invoke(request);
      },
    };
    await infer(counted, {});
    expect(refusals).toBe(3);
    expect(before).toBe(0);
  });

  it('does not take an output from before it', async () => {
    const endpoint = memoryEndpoint({ serviceMs: 10, model: () => bytes('new') });
    const place = endpoint.expected(name)?.outputUri ?? '';
    let old = true;
    const store = {
      ...endpoint.store,
      get: async (uri: string) => {
        if (uri === place && old) return { bytes: bytes('old'), contentType: undefined, modifiedMs: 1_000 };
        return endpoint.store.get(uri);
      },
    };
    const replaced: AsyncEndpoint = {
      ...losing(endpoint, refused('SERVICE_UNAVAILABLE', 'ECONNRESET')),
      store,
    };
    const invoke = replaced.invoke.bind(replaced);
    const { answer } = await infer(
      {
        ...replaced,
        invoke: async (request) => {
          const answered = await invoke(request);
          old = false;
          return answered;
        },
      },
      {},
    );
    expect(answer).toBe('new');
    expect(endpoint.invoked).toBe(2);
  });
});
