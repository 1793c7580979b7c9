import { expect, inject, it, onTestFinished } from 'vitest';
import { type DemoRun, demoRun } from '../integration/demo/demoRun.ts';
import { plainKafka } from '../support/kafka/plainKafka.ts';

const kept = (run: DemoRun): DemoRun => {
  onTestFinished(() => run.remove());
  return run;
};

it('finds the same over Kafka as over Kinesis, and leaves no topic and no group behind', async () => {
  const brokers = inject('kafkaBrokers');
  const overKafka = kept(await demoRun({ source: 'kafka', set: [`kafka.brokers=${brokers.join(',')}`] }));
  const overKinesis = kept(await demoRun());
  expect(overKafka.geojson).toBe(overKinesis.geojson);
  expect(overKafka.summary.tiles).toEqual({ read: 200, written: 200, deadLettered: 0 });
  expect(Object.keys(overKafka.summary.calls).filter((name) => /kinesis|dynamodb/.test(name))).toEqual([]);

  const admin = plainKafka(brokers).admin();
  await admin.connect();
  onTestFinished(() => admin.disconnect());
  expect((await admin.listTopics()).filter((topic) => topic.startsWith('swath-demo'))).toEqual([]);
  const { groups } = await admin.listGroups();
  expect(groups.map(({ groupId }) => groupId).filter((id) => /^swath-(demo|look)/.test(id))).toEqual([]);
});
