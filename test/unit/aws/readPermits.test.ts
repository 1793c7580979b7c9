import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ReadPermits } from '../../../src/aws/readPermits.ts';

const never = new AbortController().signal;

it('grants so many at once, then serves who waits longest', async () => {
  const permits = new ReadPermits(2);
  const order: number[] = [];
  const takes = [1, 2, 3, 4].map(async (name) => {
    const done = await permits.take(never);
    order.push(name);
    return done;
  });
  const [first] = await Promise.all(takes.slice(0, 2));
  await Promise.resolve();
  expect(order).toEqual([1, 2]);
  first?.();
  first?.(); // counts once
  (await takes[2])?.();
  await takes[3];
  expect(order).toEqual([1, 2, 3, 4]);
});

it('never has more out than it has, and loses none, whoever gives up meanwhile', async () => {
  const step = fc.record({ kind: fc.constantFrom('take', 'done', 'abort'), which: fc.nat(20) });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 4 }), fc.array(step, { maxLength: 40 }), async (count, steps) => {
      const permits = new ReadPermits(count);
      const asked: { abort: () => void; aborted: boolean; done: (() => void) | undefined }[] = [];
      const out = new Set<object>();
      for (const { kind, which } of steps) {
        const entry = asked[which % Math.max(1, asked.length)];
        if (kind === 'take') {
          const stop = new AbortController();
          const own = { abort: () => stop.abort(), aborted: false, done: undefined as (() => void) | undefined };
          asked.push(own);
          void permits.take(stop.signal).then((done) => {
            own.done = done;
            if (!own.aborted) out.add(own);
          });
        } else if (kind === 'done' && entry?.done !== undefined) {
          out.delete(entry);
          entry.done();
        } else if (kind === 'abort' && entry !== undefined && entry.done === undefined) {
          entry.aborted = true;
          entry.abort();
        }
        for (let turn = 0; turn < 5; turn++) await Promise.resolve();
        expect(out.size).toBeLessThanOrEqual(count);
      }
      for (let round = 0; asked.some(({ done }) => done === undefined) && round < 100; round++) {
        for (const { done } of asked) done?.();
        for (let turn = 0; turn < 5; turn++) await Promise.resolve();
      }
      for (const { done } of asked) done?.();
      // All are back: so many can be had at once again.
      expect(await Promise.all(Array.from({ length: count }, () => permits.take(never)))).toHaveLength(count);
    }),
  );
});
