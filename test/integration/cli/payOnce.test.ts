import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dynamoLeaseStore } from '../../../src/aws/dynamoLeaseStore.ts';
import { kinesisWriter } from '../../../src/aws/kinesisWriter.ts';
import { decodeLeaseMap } from '../../../src/aws/leaseMap.ts';
import { readWholeStream } from '../../../src/aws/readWholeStream.ts';
import type { LocalServices } from '../../../src/local/localServices.ts';
import type { ContainerHandler } from '../../../src/local/sagemaker/containerHandler.ts';
import { startLocalServices } from '../../../src/local/startLocalServices.ts';
import { decodeOffsetMap } from '../../../src/tile/offsetMap.ts';
import { type RunningSwath, runSwath, startSwath } from '../../support/cli/startSwath.ts';
import { localAws } from '../../support/kinesisBench.ts';

const count = 60;

let services: LocalServices;
let kinesis: typeof localAws & { endpoint: string };
beforeAll(async () => {
  const streams = ['there', 'runs', 'failed', 'lost'].flatMap((id) => [
    [`tiles-${id}`, 2],
    [`detections-${id}`, 1],
    [`dead-${id}`, 1],
  ]);
  services = await startLocalServices({ buckets: ['in', 'out'], streams: Object.fromEntries(streams) });
  kinesis = { ...localAws, endpoint: services.endpoints.AWS_ENDPOINT_URL_KINESIS ?? '' };
});
afterAll(() => services.close());

/** A stream of tiles, an endpoint whose model answers when told to, and a process over both that is killed once its jobs run. */
class Crash {
  readonly id: string;
  readonly #answer = Promise.withResolvers<{ readonly status: number }>();
  readonly #args: readonly string[];

  constructor(id: string) {
    this.id = id;
    const settings = {
      'source.stream': `tiles-${this.id}`,
      'source.failoverMs': 4_000, // who is slower than that to renew a lease loses it, and pays again
      'sink.stream': `detections-${this.id}`,
      'deadLetter.stream': `dead-${this.id}`,
      'kinesis.leaseTable': `leases-${this.id}`,
      'endpoint.name': `slow-${this.id}`,
      'endpoint.failurePrefix': 'async-inference/failure',
    };
    const sets = Object.entries(settings).flatMap(([path, value]) => ['--set', `${path}=${value}`]);
    this.#args = ['run', 'kinesis-infer', '--config', 'pipelines/kinesis-infer.yaml', '--json', ...sets];
  }

  async setUp(): Promise<void> {
    const model: ContainerHandler = async ({ bytes, contentType }) => {
      const { status } = await this.#answer.promise;
      return { status, contentType, bytes };
    };
    services.sagemaker.addEndpoint({
      name: `slow-${this.id}`,
      model,
      concurrencyPerInstance: 1_000,
      outputPath: 's3://out/async-inference/output/',
      failurePath: 's3://out/async-inference/failure/',
    });
    const writer = kinesisWriter({ stream: `tiles-${this.id}`, region: 'us-east-1' }, kinesis);
    const tiles = Array.from({ length: count }, () => ({
      key: Buffer.from(randomUUID()),
      value: Buffer.from(randomUUID()),
    }));
    await Promise.all(tiles.map((tile) => writer.write({ ...tile, headers: [] })));
    await writer.close();
  }

  /** Runs until every job was accepted and told by a commit, then kills the process. */
  async crash(): Promise<void> {
    const store = dynamoLeaseStore({
      ...localAws,
      endpoint: services.endpoints.AWS_ENDPOINT_URL_DYNAMODB,
      table: `leases-${this.id}`,
    });
    const running = async (): Promise<number> => {
      const leases = await store.list().catch(() => []);
      const maps = leases.map((lease) => decodeOffsetMap(decodeLeaseMap(lease)?.map ?? ''));
      return maps.reduce((sum, map) => sum + (map?.running?.length ?? 0), 0);
    };
    const first = this.start();
    while ((await running()) < count) await sleep(50);
    store.close();
    first.kill('SIGKILL');
    await first.ended.catch(() => undefined);
    expect(this.accepted).toBe(count);
  }

  start(...more: string[]): RunningSwath {
    return startSwath([...this.#args, ...more], { env: { ...services.endpoints } });
  }

  /** Runs again, until nothing is left. */
  async restart(...more: string[]): Promise<{ tiles: Record<string, number>; calls: Record<string, number> }> {
    const { stdout, stderr, status } = await runSwath([...this.#args, '--until-idle', '2', ...more], {
      env: { ...services.endpoints },
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: expect.any(String) });
    return JSON.parse(stdout);
  }

  answer(status: number): void {
    this.#answer.resolve({ status });
  }

  get accepted(): number {
    return services.sagemaker.stats(`slow-${this.id}`).accepted;
  }

  get stats() {
    return services.sagemaker.stats(`slow-${this.id}`);
  }

  lose(): void {
    services.sagemaker.faults.set({ invoke: { lose: 1 } }, `slow-${this.id}`);
  }

  find(): void {
    services.sagemaker.faults.set({}, `slow-${this.id}`);
  }

  /** Subjects of what was written, which name the record. */
  async written(): Promise<Set<string>> {
    const events = await readWholeStream(`detections-${this.id}`, kinesis);
    expect(events).toHaveLength(count);
    return new Set(events.map(({ value }) => String(JSON.parse(Buffer.from(value).toString()).subject)));
  }
}

describe('a process killed while its jobs run', () => {
  it('leaves outcomes that the next one takes: one call a tile, and no invocation', async () => {
    const crash = new Crash('there');
    await crash.setUp();
    await crash.crash();
    crash.answer(200);
    while (crash.stats.completed < count) await sleep(20);
    const { tiles, calls } = await crash.restart();
    expect(tiles).toMatchObject({ read: count, written: count, deadLettered: 0, unfinished: 0 });
    expect(calls['s3.GetObject']).toBe(count);
    expect(calls['sagemaker.InvokeEndpointAsync']).toBeUndefined();
    expect(crash.accepted).toBe(count);
    expect((await crash.written()).size).toBe(count);
  });

  it('leaves jobs that the next one waits for', async () => {
    const crash = new Crash('runs');
    await crash.setUp();
    await crash.crash();
    const second = crash.start('--http', '0', '--until-idle', '2');
    const [, url] = await second.says(/Pages at (\S+):/);
    let inFlight = 0;
    while (inFlight < count) {
      const { tiles } = await (await fetch(`${url}/readyz`)).json();
      inFlight = tiles?.inFlight ?? 0;
    }
    crash.answer(200);
    const { status, stdout } = await second.ended;
    expect(status).toBe(0);
    expect(JSON.parse(stdout).tiles).toMatchObject({ written: count, deadLettered: 0, unfinished: 0 });
    expect(crash.accepted).toBe(count);
    expect((await crash.written()).size).toBe(count);
  });

  it('leaves failures that the next one takes for the outcome', async () => {
    const crash = new Crash('failed');
    await crash.setUp();
    await crash.crash();
    crash.answer(400);
    while (crash.stats.failed < count) await sleep(20);
    const { tiles } = await crash.restart();
    expect(tiles).toMatchObject({ written: 0, deadLettered: count, unfinished: 0 });
    expect(crash.accepted).toBe(count);
    expect(await readWholeStream(`dead-${crash.id}`, kinesis)).toHaveLength(count);
  });

  it('leaves jobs that are lost, and are started anew after a deadline of the next one', async () => {
    const crash = new Crash('lost');
    await crash.setUp();
    crash.lose();
    await crash.crash();
    crash.find();
    crash.answer(200);
    const { tiles } = await crash.restart('--set', 'endpoint.deadlineMs=3000');
    expect(tiles).toMatchObject({ written: count, deadLettered: 0, unfinished: 0 });
    expect(crash.accepted).toBe(2 * count);
    expect((await crash.written()).size).toBe(count);
  });
});
