import { expect, it } from 'vitest';
import { lastCommit } from '../../../src/sources/lastCommit.ts';

it.each(['is made', 'is refused'])('waits for a commit that %s', async (end) => {
  let settled = false;
  const commit = new Promise((resolve) => setTimeout(resolve, 20)).then(() => {
    settled = true;
    if (end === 'is refused') throw new Error('refused');
  });
  await lastCommit('tiles', commit, 60_000);
  expect(settled).toBe(true);
});

it('waits for one that does not end for a limited time', async () => {
  await expect(lastCommit('tiles', new Promise(() => undefined), 10)).resolves.toBeUndefined();
});
