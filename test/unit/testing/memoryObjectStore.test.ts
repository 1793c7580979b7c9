import { expect, it } from 'vitest';
import { ServiceError } from '../../../src/errors/serviceError.ts';
import { memoryObjectStore } from '../../../src/testing/memoryObjectStore.ts';
import { objectStoreContract } from '../../support/contracts/objectStoreContract.ts';

objectStoreContract('memoryObjectStore', async () => ({
  store: memoryObjectStore({ maxBytes: 200_000 }),
  bucket: 'tiles',
  maxBytes: 200_000,
  close: async () => {},
}));

it('shows an object from its time on', async () => {
  let nowMs = 0;
  const store = memoryObjectStore({ nowMs: () => nowMs });
  store.objects.set('s3://out/1', { bytes: new Uint8Array(1), contentType: 'x/y', metadata: undefined, fromMs: 50 });
  expect(await store.get('s3://out/1')).toBeUndefined();
  nowMs = 50;
  expect(await store.head('s3://out/1')).toEqual({ bytes: 1, contentType: 'x/y' });
  expect(store.calls).toEqual({ put: 0, get: 1, head: 1, delete: 0 });
});

it('refuses the calls it is told to', async () => {
  const store = memoryObjectStore();
  const facts = { operation: 's3.GetObject', serviceCode: 'SlowDown' };
  const refuse = (operation: string): Error | undefined =>
    operation === 'get' ? new ServiceError('SERVICE_THROTTLED', 'slow down', facts) : undefined;
  store.refusals.push(refuse);
  await expect(store.get('s3://in/1')).rejects.toMatchObject({ code: 'SERVICE_THROTTLED' });
  await store.put('s3://in/1', new Uint8Array(1), { contentType: 'x/y' });
  expect(store.objects.has('s3://in/1')).toBe(true);
});
