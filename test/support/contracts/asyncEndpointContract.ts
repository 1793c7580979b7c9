import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AsyncEndpoint, Invocation, InvocationRequest } from '../../../src/ports/asyncEndpoint.ts';
import type { StoredObject } from '../../../src/ports/objectStore.ts';

/** What the suite needs of an endpoint under test. Its model answers what it was sent, and fails on `fail`. */
export interface AsyncEndpointUnderTest {
  readonly endpoint: AsyncEndpoint;
  readonly close: () => Promise<void>;
}

/** Runs what every asynchronous endpoint must hold to, adapter or fake. */
export function asyncEndpointContract(name: string, open: () => Promise<AsyncEndpointUnderTest>): void {
  describe(`${name} as an asynchronous endpoint`, () => {
    let tested: AsyncEndpointUnderTest;
    beforeAll(async () => {
      tested = await open();
    });
    afterAll(() => tested.close());

    const request = (job: string, text: string): InvocationRequest => ({
      name: job,
      input: { bytes: Buffer.from(text) },
      contentType: 'text/plain',
      remainingMs: 60_000,
    });
    const outcome = async (uri: string | undefined): Promise<StoredObject> => {
      for (;;) {
        const object = await tested.endpoint.store.get(uri ?? 'no URI');
        if (object !== undefined) return object;
        await sleep(10);
      }
    };
    const text = ({ bytes }: StoredObject): string => Buffer.from(bytes).toString();
    const invoke = (job: string, input: string): Promise<Invocation> => tested.endpoint.invoke(request(job, input));

    it('leaves the outcome where its answer says', async () => {
      const { outputUri } = await invoke(`jobs/${randomUUID()}`, 'a tile');
      expect(text(await outcome(outputUri))).toBe('a tile');
    });

    it('takes a payload by reference', async () => {
      const job = `jobs/${randomUUID()}`;
      const uri = tested.endpoint.inputUri(job);
      await tested.endpoint.store.put(uri, Buffer.from('put before'), { contentType: 'text/plain' });
      const { outputUri } = await tested.endpoint.invoke({ ...request(job, ''), input: { uri } });
      expect(text(await outcome(outputUri))).toBe('put before');
    });

    it('says from when on an object is the outcome, not an earlier one', async () => {
      const { outputUri, notBeforeMs = 0 } = await invoke(`jobs/${randomUUID()}`, 'a tile');
      const { modifiedMs = notBeforeMs } = await outcome(outputUri);
      expect(modifiedMs).toBeGreaterThanOrEqual(notBeforeMs);
    });

    it('reads payloads from buckets that are allowed', () => {
      expect(tested.endpoint.allows(tested.endpoint.inputUri('job'))).toBe(true);
      expect(tested.endpoint.allows('https://example.com/tile.png')).toBe(false);
      expect(tested.endpoint.allows('s3://')).toBe(false);
    });

    it('leaves a failure where its answer says, and no output', async () => {
      const { outputUri, failureUri } = await invoke(`jobs/${randomUUID()}`, 'fail');
      expect((await outcome(failureUri)).bytes.length).toBeGreaterThan(0);
      expect(await tested.endpoint.store.get(outputUri)).toBeUndefined();
    });

    it.each([
      'job',
      'a/b/c',
      'detect/tile-0001.out',
      'x/0123456789012345678901234567890123456789',
      '0f/1.2.3',
      '-_.',
      'a//b/./../c',
      'scene 7/täil#1',
      'n'.repeat(900),
    ])('gives the job %s the same place each time, and knows it before', async (job) => {
      await invoke(`jobs/${randomUUID()}`, 'for learning');
      const before = tested.endpoint.expected(job);
      const first = await invoke(job, 'one');
      const second = await invoke(job, 'two');
      const { inferenceId, outputUri, failureUri } = first;
      expect(second).toMatchObject({ inferenceId, outputUri, failureUri });
      expect(before).toEqual({ inferenceId, outputUri, failureUri });
      await outcome(first.outputUri);
    });

    it('gives different jobs different places', async () => {
      const jobs = ['a/b', 'a_b', 'a b', 'a/b/', 'a.b.c', 'a.b', `${'l'.repeat(40)}1`, `${'l'.repeat(40)}2`];
      const places = jobs.map((job) => tested.endpoint.expected(job)?.outputUri);
      expect(new Set(places).size).toBe(jobs.length);
    });

    it('takes any attribute, and leaves out what does not fit', async () => {
      const attributes = {
        traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
        tile: 'ÿ,=%\n☃',
        long: 'x'.repeat(3000),
      };
      const { outputUri } = await tested.endpoint.invoke({ ...request(`jobs/${randomUUID()}`, 'x'), attributes });
      expect(text(await outcome(outputUri))).toBe('x');
    });

    it('takes the largest inline payload', async () => {
      const bytes = Buffer.alloc(tested.endpoint.maxInlineBytes, 1);
      const { outputUri } = await tested.endpoint.invoke({ ...request(`jobs/${randomUUID()}`, ''), input: { bytes } });
      expect((await outcome(outputUri)).bytes.length).toBe(bytes.length);
    });

    it.each([0, 1, 3_700_000, 90_000_000])('takes what is left of any deadline (%d ms)', async (remainingMs) => {
      const job = `jobs/${randomUUID()}`;
      const invocation = await tested.endpoint.invoke({ ...request(job, 'x'), remainingMs });
      expect(invocation.inferenceId).not.toBe('');
    });

    it('gives up an invocation whose signal aborted', async () => {
      const signal = AbortSignal.abort(new Error('no longer wanted'));
      await expect(tested.endpoint.invoke({ ...request('gone', 'x'), signal })).rejects.toThrow('no longer wanted');
    });
  });
}
