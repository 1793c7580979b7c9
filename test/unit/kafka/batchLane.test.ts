import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { BatchLane, type Sendable } from '../../../src/kafka/batchLane.ts';

const setUp = ({ lingerMs = 1, maxBytes = 100, maxItems = 10 } = {}) => {
  const batches: string[][] = [];
  const answers: (() => void)[] = [];
  const lane = new BatchLane<string>({
    lingerMs,
    maxBytes: () => maxBytes,
    maxItems,
    send: (batch) => {
      batches.push(batch.map(({ value }) => value));
      return new Promise((resolve) =>
        answers.push(() => {
          for (const { sent } of batch) sent();
          resolve();
        }),
      );
    },
  });
  const sent: string[] = [];
  const add = (value: string, bytes = 1): void => {
    const item: Sendable<string> = { value, bytes, sent: () => sent.push(value), failed: () => undefined };
    lane.add(item);
  };
  const answer = async (): Promise<void> => {
    answers.shift()?.();
    await sleep(1);
  };
  return { lane, batches, sent, add, answer };
};

describe('BatchLane', () => {
  it('sends what came within the linger together', async () => {
    const { add, batches } = setUp();
    add('a');
    add('b');
    expect(batches).toEqual([]);
    await sleep(20);
    expect(batches).toEqual([['a', 'b']]);
  });

  it('sends at once when a batch is full, by items or by bytes', () => {
    const byItems = setUp({ lingerMs: 10_000, maxItems: 2 });
    byItems.add('a');
    byItems.add('b');
    expect(byItems.batches).toEqual([['a', 'b']]);
    const byBytes = setUp({ lingerMs: 10_000 });
    byBytes.add('a', 60);
    byBytes.add('b', 60);
    expect(byBytes.batches).toEqual([['a']]);
  });

  it('has one batch on its way, and sends what came meanwhile right after', async () => {
    const { add, batches, answer, sent } = setUp({ lingerMs: 10_000, maxItems: 1 });
    add('a');
    add('b');
    add('c');
    expect(batches).toEqual([['a']]);
    await answer();
    expect(sent).toEqual(['a']);
    expect(batches).toEqual([['a'], ['b']]);
    await answer();
    expect(batches).toEqual([['a'], ['b'], ['c']]);
  });

  it('sends an item that is too large for a batch alone', async () => {
    const { add, batches, answer } = setUp({ lingerMs: 10_000 });
    add('large', 500);
    add('small', 60);
    add('other', 60);
    await answer();
    await answer();
    expect(batches).toEqual([['large'], ['small'], ['other']]);
  });

  it('flushes without waiting for the linger, and resolves when all is answered', async () => {
    const { lane, add, batches, answer, sent } = setUp({ lingerMs: 10_000, maxItems: 2 });
    for (const value of ['a', 'b', 'c']) add(value);
    const flushed = lane.flush().then(() => sent.slice());
    await answer();
    expect(batches).toEqual([['a', 'b'], ['c']]);
    await answer();
    expect(await flushed).toEqual(['a', 'b', 'c']);
    await setUp().lane.flush();
  });
});
