import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { partsTopics } from '../support/transactions/partsTopics.ts';
import { startParts } from '../support/transactions/startParts.ts';

const count = 6_000;

/** Waits until something holds; the test's own limit ends it otherwise. */
const until = async (holds: () => Promise<boolean>): Promise<void> => {
  while (!(await holds())) await sleep(50);
};

it('writes everything once for readers of committed records, whenever the process is killed', async () => {
  const topics = await partsTopics();
  await topics.append(0, count);
  for (let kill = 0; kill < 6; kill++) {
    const before = await topics.finished();
    const running = startParts(topics.config);
    await until(async () => (await topics.finished()) > before);
    await sleep(Math.random() * 300);
    running.kill('SIGKILL');
    expect(await running.ended).toMatchObject({ code: null });
  }
  expect(await topics.finished()).toBeLessThan(count); // each was killed in the middle
  const last = startParts(topics.config);
  await until(async () => (await topics.finished()) === count);
  last.kill('SIGTERM');
  expect(await last.ended).toMatchObject({ said: 'drained\n', code: 0 });
  await topics.check(count);
});

it('fences a process that was frozen until its partitions were another’s, and goes on', async () => {
  const topics = await partsTopics();
  await topics.append(0, count);
  const frozen = startParts(topics.config);
  await until(async () => (await topics.finished()) > 300);
  frozen.kill('SIGSTOP'); // with tiles in flight, and most likely a transaction open
  const other = startParts(topics.config);
  await until(async () => (await topics.finished()) > count / 2);
  frozen.kill('SIGCONT');
  await until(async () => (await topics.finished()) === count);
  await topics.append(count, count + 600); // both are members now
  await until(async () => (await topics.finished()) === count + 600);
  for (const each of [frozen, other]) each.kill('SIGTERM');
  for (const each of [frozen, other]) expect(await each.ended).toMatchObject({ said: 'drained\n', code: 0 });
  await topics.check(count + 600);
});
