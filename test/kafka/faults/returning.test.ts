import { expect, it } from 'vitest';
import { countOrigins } from '../../support/checker/countOrigins.ts';
import { startProxiedKafka } from '../../support/kafka/startProxiedKafka.ts';
import { testTopic } from '../testTopic.ts';
import { moveTiles } from './moveTiles.ts';
import { originsOf, placesOf } from './originsOf.ts';
import { waitFor } from './waitFor.ts';
import { watchGroup } from './watchGroup.ts';

const count = 20;

it('leaves a partition to the member that took it over when the one that had it before comes back', async () => {
  await using kafka = await startProxiedKafka();
  const { cluster, brokers, proxies } = kafka;
  const [proxy] = proxies;
  if (proxy === undefined) throw new Error('there is a proxy');
  const input = await testTopic({}, cluster.brokers);
  const output = await testTopic({}, cluster.brokers);
  await input.append(
    0,
    Array.from({ length: count }, (_, i) => `tile ${i}`),
  );
  const { groupId, topic } = input;
  await using group = await watchGroup(cluster.brokers, groupId);
  const stable = (members: number) => async () => {
    const now = await group.look();
    return now.state === 'Stable' && now.members === members;
  };
  const gate = Promise.withResolvers<void>();
  const options = { groupId, topic, output: output.topic, sessionTimeoutMs: 2000, work: () => gate.promise };
  const patience = { requestTimeoutMs: 1500, connectTimeoutMs: 1000 };
  // Brokers make the ids of members of their clients' ids: the first one's is the lower, so claims that count alike are its own.
  const first = moveTiles({ ...options, ...patience, brokers, clientId: 'a' });
  await waitFor('the first to work', () => first.begun.length === count);
  const second = moveTiles({ ...options, brokers: [...cluster.brokers], clientId: 'b' });
  await waitFor('both to be members', stable(2));
  expect(second.begun).toEqual([]);

  await proxy.shut();
  await waitFor('the second to take over', () => second.begun.length === count);
  await proxy.open();
  await waitFor('the first to be a member again', stable(2));
  await waitFor('the first to know that its work does not count', () => first.progress.inFlight === 0);
  gate.resolve();
  await waitFor('all to be committed', async () => (await input.committed(0)).offset === String(count));
  await Promise.all([first.drain(), second.drain()]);
  expect(second.begun).toHaveLength(count); // none of them a second time
  expect(first.begun).toHaveLength(count);
  const { lost, repeated } = countOrigins(await placesOf(input), await originsOf(output));
  expect({ lost, repeated: [...repeated] }).toEqual({ lost: [], repeated: [] });
});
