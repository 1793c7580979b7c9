import { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } from 'kafkajs';
import { expect, it } from 'vitest';
import { plainKafka } from '../../support/kafka/plainKafka.ts';
import { startKafka } from '../../support/kafka/startKafka.ts';
import { moveTiles } from './moveTiles.ts';
import { waitFor } from './waitFor.ts';

it('ends with a clear message when a permission is withdrawn while it runs, and loses nothing', async () => {
  await using cluster = await startKafka({ secure: true });
  if (cluster.secure === undefined) throw new Error('the cluster is not secure');
  const { saslPlaintext: brokers, users } = cluster.secure;
  const [alice, mallory] = users;
  for (const topic of ['in', 'out']) await cluster.createTopic(topic);
  const owner = plainKafka(brokers, { sasl: { mechanism: 'plain', ...alice } });
  const admin = owner.admin();
  const producer = owner.producer();
  await Promise.all([admin.connect(), producer.connect()]);
  const mayUse = (resourceType: AclResourceTypes, resourceName: string) => ({
    resourceType,
    resourceName,
    resourcePatternType: ResourcePatternTypes.LITERAL,
    principal: `User:${mallory.username}`,
    host: '*',
    operation: AclOperationTypes.ALL,
    permissionType: AclPermissionTypes.ALLOW,
  });
  const mayRead = mayUse(AclResourceTypes.TOPIC, 'in');
  const acl = [mayRead, mayUse(AclResourceTypes.GROUP, 'readers')];
  await admin.createAcls({ acl });
  const send = (texts: readonly string[]) =>
    producer.send({ topic: 'in', acks: -1, messages: texts.map((value) => ({ value })) });

  const options = {
    brokers,
    sasl: { mechanism: 'plain', ...mallory },
    topic: 'in',
    groupId: 'readers',
    output: 'out',
  } as const;
  const first = moveTiles({ ...options, brokers: [...brokers], outputBrokers: [...cluster.brokers] });
  await send(['one', 'two']);
  await waitFor('the first tiles', () => first.written.length === 2);
  await admin.deleteAcls({ filters: [mayRead] });
  await send(['three', 'four']);
  const failure: unknown = await first.ended.catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 'AUTHORIZATION' });
  expect(String(failure)).toContain('user mallory');
  expect(String(failure)).toContain('topic in');
  expect(String(failure)).not.toContain(mallory.password);

  await admin.createAcls({ acl: [mayRead] });
  const second = moveTiles({ ...options, brokers: [...brokers], outputBrokers: [...cluster.brokers] });
  await waitFor('the other tiles', () => second.written.length >= 2);
  await second.drain();
  expect(second.begun).toEqual(['0/2', '0/3']); // what was finished by then had been committed
  await Promise.all([admin.disconnect(), producer.disconnect()]);
});
