import { getEventListeners } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { BatchQueue } from '../../../src/aws/batchQueue.ts';
import type { RecordBatch } from '../../../src/ports/recordReader.ts';

const batch = (partition: string): RecordBatch<string> => ({ partition, epoch: 1, records: [] });
const follow = (queue: BatchQueue<string>, signal = new AbortController().signal) => {
  const seen: string[] = [];
  const done = (async () => {
    for await (const { partition } of queue.take(signal)) seen.push(partition);
  })();
  return { seen, done };
};

it('hands batches over in their order, and tells who waits', async () => {
  const queue = new BatchQueue<string>();
  const pushed = Promise.all([queue.push(batch('a')), queue.push(batch('b'))]);
  const { seen } = follow(queue);
  expect(await pushed).toEqual([true, true]);
  await turn();
  expect(seen).toEqual(['a', 'b']);
});

it('holds back what is paused, and only that', async () => {
  const queue = new BatchQueue<string>();
  queue.pause('a');
  queue.pause('a');
  const held = queue.push(batch('a'));
  const { seen } = follow(queue);
  expect(await queue.push(batch('b'))).toBe(true);
  await turn();
  expect(seen).toEqual(['b']);
  queue.resume('a');
  expect(await held).toBe(true);
});

it('takes back what nobody took', async () => {
  const queue = new BatchQueue<string>();
  const pushed = Promise.all([queue.push(batch('a')), queue.push(batch('b')), queue.push(batch('c'))]);
  queue.withdraw('b');
  queue.withdraw();
  expect(await pushed).toEqual([false, false, false]);
});

it('ends with the signal, also while it waits', async () => {
  const stop = new AbortController();
  const { done, seen } = follow(new BatchQueue<string>(), stop.signal);
  stop.abort();
  await done;
  expect(seen).toEqual([]);
});

it('ends with the first error', async () => {
  const queue = new BatchQueue<string>();
  const { done } = follow(queue);
  queue.fail(new Error('gone'));
  queue.fail(new Error('later'));
  await expect(done).rejects.toThrow('gone');
});

it('lets a reader wait while its partition is paused, not longer than the signal', async () => {
  const queue = new BatchQueue<string>();
  const stop = new AbortController();
  await queue.ready('a', stop.signal);
  queue.pause('a');
  const order: string[] = [];
  const resumed = queue.ready('a', stop.signal).then(() => order.push('ready'));
  queue.resume('a');
  await resumed;
  queue.pause('b');
  const cut = queue.ready('b', stop.signal).then(() => order.push('cut'));
  stop.abort();
  await cut;
  expect(order).toEqual(['ready', 'cut']);
});

it('leaves nothing on the signal of a shard that was paused and went on', async () => {
  const queue = new BatchQueue<string>();
  const { signal } = new AbortController();
  for (let round = 0; round < 3; round++) {
    queue.pause('a');
    const ready = queue.ready('a', signal);
    queue.resume('a');
    await ready;
  }
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});
