import { afterEach, describe, expect, it } from 'vitest';
import type { OutRecord, RecordWriter } from '../../../src/ports/recordWriter.ts';

/** A record as it stands in an output. */
export interface WrittenRecord {
  readonly key: string | null;
  readonly text: string;
  readonly headers: readonly (readonly [name: string, text: string])[];
}

/** An output to write to in the contract of {@link recordWriterContract}. */
export interface WriterBench {
  writer(): RecordWriter;
  /** Everything in the output; records of one key in the order they stand there. */
  written(): Promise<readonly WrittenRecord[]>;
  /** False where the output has none, as in Kinesis. */
  readonly keepsHeaders: boolean;
  /** False where the output has none, as a file. */
  readonly keepsKeys?: boolean;
  /** A size of values that the output refuses; absent where it takes any. */
  readonly tooLargeBytes?: number;
  close(): Promise<void>;
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const recordOf = (key: string | null, text: string, headers: Record<string, string> = {}): OutRecord => ({
  key: key === null ? null : bytesOf(key),
  value: bytesOf(text),
  headers: Object.entries(headers).map(([name, value]) => [name, bytesOf(value)] as const),
});

/** What every {@link RecordWriter} must do, tested on an output that `open` makes for each test. */
export function recordWriterContract(name: string, open: () => Promise<WriterBench>): void {
  describe(`${name} as a record writer`, () => {
    const cleanups: (() => Promise<void>)[] = [];
    afterEach(async () => {
      for (const clean of cleanups.splice(0).reverse()) await clean();
    });
    const start = async (): Promise<{ bench: WriterBench; writer: RecordWriter }> => {
      const bench = await open();
      const writer = bench.writer();
      cleanups.push(
        () => bench.close(),
        () => writer.close(),
      );
      return { bench, writer };
    };

    it('has written a record when the write resolves', async () => {
      const { bench, writer } = await start();
      await writer.write(recordOf('a', 'first', { ce_id: 'a', other: 'ü' }));
      const headers = bench.keepsHeaders ? [['ce_id', 'a'] as const, ['other', 'ü'] as const] : [];
      expect(await bench.written()).toEqual([{ key: bench.keepsKeys === false ? null : 'a', text: 'first', headers }]);
    });

    it('writes many at once, each exactly once', async () => {
      const { bench, writer } = await start();
      const records = Array.from({ length: 500 }, (_, i) => recordOf(`tile ${i}`, `value ${i}`));
      await Promise.all(records.map((record) => writer.write(record)));
      const texts = (await bench.written()).map(({ text }) => text);
      expect(texts.toSorted()).toEqual(records.map((_, i) => `value ${i}`).toSorted());
    });

    it('keeps records of one key in the order they were handed over', async () => {
      const { bench, writer } = await start();
      const writes = Array.from({ length: 300 }, (_, i) => writer.write(recordOf(`key ${i % 3}`, String(i))));
      await Promise.all(writes);
      const written = await bench.written();
      for (const rest of [0, 1, 2]) {
        const isOfKey = ({ key, text }: WrittenRecord): boolean =>
          bench.keepsKeys === false ? Number(text) % 3 === rest : key === `key ${rest}`;
        const order = written.filter(isOfKey).map(({ text }) => Number(text));
        expect(order).toHaveLength(100);
        expect(order).toEqual(order.toSorted((a, b) => a - b));
      }
    });

    it('takes records without a key', async () => {
      const { bench, writer } = await start();
      await Promise.all(Array.from({ length: 20 }, (_, i) => writer.write(recordOf(null, String(i)))));
      expect(await bench.written()).toHaveLength(20);
    });

    it('finishes what was handed over before it closes', async () => {
      const { bench, writer } = await start();
      const writes = Array.from({ length: 50 }, (_, i) => writer.write(recordOf(`tile ${i}`, String(i))));
      await writer.close();
      await Promise.all(writes);
      expect(await bench.written()).toHaveLength(50);
      await writer.close();
    });

    it('refuses a record that is too large, and writes its neighbours', async () => {
      const { bench, writer } = await start();
      const { tooLargeBytes } = bench;
      const large = recordOf('large', 'x'.repeat(tooLargeBytes ?? 1));
      const around = [recordOf('large', 'before'), large, recordOf('large', 'after'), recordOf('other', 'beside')];
      const [before, refused, after, beside] = await Promise.allSettled(around.map((record) => writer.write(record)));
      expect([before, after, beside].map((result) => result?.status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled']);
      if (tooLargeBytes !== undefined) {
        expect(refused).toMatchObject({ reason: { code: 'RECORD_TOO_LARGE_TO_WRITE', retryable: false } });
        expect((await bench.written()).map(({ text }) => text).toSorted()).toEqual(['after', 'before', 'beside']);
      }
    });
  });
}
