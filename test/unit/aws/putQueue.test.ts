import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { PutEntry } from '../../../src/aws/putBatch.ts';
import { PutQueue } from '../../../src/aws/putQueue.ts';

const entry = (partitionKey: string, bytes = 1): PutEntry => ({
  partitionKey,
  bytes,
  data: new Uint8Array(),
  written: () => undefined,
  failed: () => undefined,
});
const keys = (batch: readonly PutEntry[]): string[] => batch.map(({ partitionKey }) => partitionKey);

it('fills a request by records and by bytes', () => {
  const queue = new PutQueue({ records: 3, bytes: 10 });
  for (const key of 'abcd') queue.add(entry(key));
  expect(queue.isFull).toBe(true);
  expect(keys(queue.take())).toEqual(['a', 'b', 'c']);
  expect(queue.isFull).toBe(false);
  queue.add(entry('e', 9));
  queue.add(entry('f', 1));
  expect(queue.isFull).toBe(true);
  expect(keys(queue.take())).toEqual(['d', 'e']);
  expect(keys(queue.take())).toEqual(['f']);
  expect(queue.take()).toEqual([]);
});

it('holds a record back while another of its key is on its way', () => {
  const queue = new PutQueue({ records: 2, bytes: 10 });
  for (const key of 'aab') queue.add(entry(key));
  const first = queue.take();
  queue.add(entry('a'));
  expect(keys(queue.take())).toEqual(['b']);
  expect(keys(queue.take())).toEqual([]);
  queue.done(first);
  expect(keys(queue.take())).toEqual(['a']);
});

it('sends everything once, the records of a key in their order', () => {
  const records = fc.array(fc.tuple(fc.constantFrom(...'abcdef'), fc.integer({ min: 0, max: 5 })), { maxLength: 60 });
  fc.assert(
    fc.property(records, fc.infiniteStream(fc.boolean()), (given, ends) => {
      const queue = new PutQueue({ records: 4, bytes: 8 });
      const all = given.map(([key, bytes]) => entry(key, bytes));
      for (const each of all) queue.add(each);
      const sent: PutEntry[] = [];
      let underWay: PutEntry[][] = [];
      while (sent.length < all.length) {
        const batch = queue.take();
        expect(batch.length).toBeLessThanOrEqual(4);
        sent.push(...batch);
        if (batch.length > 0) underWay.push(batch);
        if (batch.length > 0 && ends.next().value) continue;
        for (const done of underWay) queue.done(done);
        underWay = [];
      }
      expect(new Set(sent).size).toBe(all.length);
      for (const key of 'abcdef') {
        const of = (entries: readonly PutEntry[]) => entries.filter(({ partitionKey }) => partitionKey === key);
        expect(of(sent)).toEqual(of(all));
      }
    }),
  );
});
