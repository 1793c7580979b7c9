import { lastValueFrom, tap } from 'rxjs';
import { expect, it } from 'vitest';
import type { RecordReader } from '../../../src/ports/recordReader.ts';
import { fromReader } from '../../../src/sources/fromReader.ts';
import { memoryLog } from '../../../src/testing.ts';
import type { Envelope } from '../../../src/tile/envelope.ts';
import { spanCap } from '../../../src/tile/offsetMap.ts';

/** Waits some turns of the queue of promises, so that what follows falls between two steps of whoever waits there. */
async function after(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await Promise.resolve();
}

it.each([0, 1, 2, 3, 4, 5])(
  'goes on with a full window when the record that blocks it finishes %i turns later',
  async (turns) => {
    const records = Array.from({ length: spanCap + 2_000 }, (_, i) => ({ i }));
    const log = memoryLog(records, { batchSize: records.length });
    const blockers: Envelope<{ i: number }>[] = [];
    const settle = (envelope: Envelope<{ i: number }>): void => {
      const { i } = envelope.tile;
      if (i < 2) blockers.push(envelope);
      else envelope.ack();
      if (i === spanCap - 1) void after(turns).then(() => blockers[0]?.ack());
      if (i === spanCap) void after(turns).then(() => blockers[1]?.ack());
    };
    await lastValueFrom(fromReader(log, { drain: new AbortController().signal }).pipe(tap(settle)));
    expect(log.committed.at(-1)).toBe(String(records.length - 1));
  },
);

it('delivers no more of a batch once the source is told to stop', async () => {
  const log = memoryLog(
    Array.from({ length: 100 }, (_, i) => ({ i })),
    { batchSize: 100 },
  );
  const stop = new AbortController();
  const delivered: number[] = [];
  const settle = (envelope: Envelope<{ i: number }>): void => {
    delivered.push(envelope.tile.i);
    if (envelope.tile.i === 9) stop.abort();
    envelope.ack();
  };
  await lastValueFrom(fromReader(log, { drain: stop.signal }).pipe(tap(settle)));
  expect(delivered).toHaveLength(10);
  expect(log.stored('0')?.nextSlot).toBe(10);
});

it('holds back a batch that was on its way when the reader was paused, however large', async () => {
  const batches = [2, 150_000].map((count, batch) =>
    Array.from({ length: count }, (_, i) => {
      const slot = batch === 0 ? i * spanCap : spanCap + 1 + i;
      return { position: String(slot), slot, bytes: 1, value: { slot } };
    }),
  );
  const reader: RecordReader<{ slot: number }> = {
    ...{ system: 'test', stream: 'large' },
    async *read(events) {
      events.assigned({ partition: '0', epoch: 1 });
      for (const records of batches) yield { partition: '0', epoch: 1, records };
    },
    pause: () => undefined,
    resume: () => undefined,
    commit: async () => undefined,
    close: async () => undefined,
  };
  let delivered = 0;
  const source = fromReader(reader, { drain: new AbortController().signal });
  const settle = (envelope: Envelope<{ slot: number }>): void => {
    delivered += 1;
    if (envelope.tile.slot === 0) setTimeout(() => envelope.ack(), 50);
    else envelope.ack();
  };
  await lastValueFrom(source.pipe(tap(settle)));
  expect(delivered).toBe(150_002);
});
