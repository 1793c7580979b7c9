import { expect, it } from 'vitest';
import { memoryLeaseStore } from '../../../src/testing/memoryLeaseStore.ts';
import { leaseStoreContract } from '../../support/contracts/leaseStoreContract.ts';

leaseStoreContract('memoryLeaseStore', async () => ({ store: memoryLeaseStore(), close: async () => {} }));

it('refuses the calls it is told to', async () => {
  const store = memoryLeaseStore();
  store.refusals.push((operation) => (operation === 'list' ? new Error('not now') : undefined));
  await store.prepare();
  await expect(store.list()).rejects.toThrow('not now');
});
