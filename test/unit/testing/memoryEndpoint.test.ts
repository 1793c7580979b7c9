import { expect, it } from 'vitest';
import { memoryEndpoint } from '../../../src/testing/memoryEndpoint.ts';
import { asyncEndpointContract } from '../../support/contracts/asyncEndpointContract.ts';

const fails = (bytes: Uint8Array): boolean => Buffer.from(bytes).toString() === 'fail';

asyncEndpointContract('memoryEndpoint', async () => ({
  endpoint: memoryEndpoint({ model: (bytes) => ({ bytes, failed: fails(bytes) }) }),
  close: async () => {},
}));

const request = { input: { bytes: new Uint8Array(1) }, contentType: 'x/y', remainingMs: 1000 };

it('shows the outcome when the service time is over, and counts invocations', async () => {
  let nowMs = 0;
  const endpoint = memoryEndpoint({ nowMs: () => nowMs, serviceMs: ({ name }) => Number(name) });
  const { outputUri } = await endpoint.invoke({ ...request, name: '250' });
  nowMs = 249;
  expect(await endpoint.store.get(outputUri)).toBeUndefined();
  nowMs = 250;
  expect(Buffer.from((await endpoint.store.get(outputUri))?.bytes ?? []).toString()).toBe('{}');
  expect([endpoint.invoked, endpoint.invocations.get('250')]).toEqual([1, 1]);
});

it('keeps nothing when it is forgetful', async () => {
  const endpoint = memoryEndpoint({ forgetful: true });
  const { outputUri } = await endpoint.invoke({ ...request, name: '1' });
  expect(await endpoint.store.get(outputUri)).toBeDefined();
  expect([endpoint.store.objects.size, endpoint.invocations.size, endpoint.invoked]).toEqual([0, 0, 1]);
});

it('has no failure URI where there is no failure path', async () => {
  const invocation = await memoryEndpoint({ failurePath: false }).invoke({ ...request, name: '1' });
  expect(invocation.failureUri).toBeUndefined();
});
