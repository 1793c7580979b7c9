import { expect, it } from 'vitest';
import { catchWarnings } from '../support/catchWarnings.ts';
import { startKafka } from '../support/kafka/startKafka.ts';
import { partsTopics } from '../support/transactions/partsTopics.ts';
import { runParts } from '../support/transactions/runParts.ts';

it('ends at once, and names the limit, where brokers allow no transactions as long as its own', async () => {
  await using cluster = await startKafka({ properties: { 'transaction.max.timeout.ms': '30000' } });
  const topics = await partsTopics(3, [...cluster.brokers]);
  await topics.append(0, 30);
  using caught = catchWarnings();
  const failure: unknown = await runParts(topics.config).ended.catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 'SOURCE_FAILED' });
  expect(String(failure)).toMatch(
    /transaction timeout of 60000 ms is longer than these brokers allow.*transaction\.max\.timeout\.ms/,
  );
  expect(caught.warnings.filter((warning) => warning.includes('transactions'))).toEqual([]);
  expect(await topics.finished()).toBe(0);
});
