import { lastValueFrom, tap, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { SwathError } from '../../src/errors/swathError.ts';
import { backoff, fromKafka, kafkaDeadLetter, mapTile, redeliver, type Tile, toKafka } from '../../src/index.ts';
import { testTopic } from './testTopic.ts';

/** A failure that will not pass. */
class BrokenTileError extends SwathError {
  override readonly code = 'BROKEN_TILE';
  override readonly retryable = false;
}

const count = 6;
const payloads = Array.from({ length: count }, (_, i) => `payload ${i}`);
const text = ({ payload }: Tile): string => ('bytes' in payload ? Buffer.from(payload.bytes).toString() : '');

/** Fails one payload, once all the others of the topic have been written. */
function breakingAt(broken: string, othersWritten: Promise<void>) {
  return mapTile('look', async (tile: Tile) => {
    if (text(tile) !== broken) return {};
    await othersWritten;
    throw new BrokenTileError('the tile is broken');
  });
}

describe('what becomes of a failed tile on a real log', () => {
  it('is the end under the default policy: with its reason, and with all that is finished committed', async () => {
    const [input, output] = await Promise.all([testTopic(), testTopic()]);
    await input.append(0, payloads);
    const written = Promise.withResolvers<void>();
    const source = () =>
      fromKafka({
        brokers: input.brokers,
        topic: input.topic,
        groupId: input.groupId,
        drain: new AbortController().signal,
      });
    const sink = toKafka<Tile>({ brokers: output.brokers, topic: output.topic, value: text });
    let left = count - 1;
    const first = lastValueFrom(
      source().pipe(
        breakingAt('payload 2', written.promise),
        sink,
        tap(() => {
          left -= 1;
          if (left === 0) written.resolve();
        }),
      ),
    );
    await expect(first).rejects.toThrow(new BrokenTileError('the tile is broken'));
    expect((await input.committed(0)).offset).toBe('2');
    // The next reader gets the failed tile alone: the map told of those above it.
    const stop = new AbortController();
    const again = fromKafka({ brokers: input.brokers, topic: input.topic, groupId: input.groupId, drain: stop.signal });
    const seen = await lastValueFrom(
      again.pipe(
        mapTile('stop', async (tile) => {
          stop.abort();
          return { read: text(tile) };
        }),
        toKafka({ brokers: output.brokers, topic: output.topic, value: ({ read }) => read }),
        toArray(),
      ),
    );
    expect(seen.map(({ tile }) => tile.read)).toEqual(['payload 2']);
    // Past the failed one; those above it may not have been read again before the drain, and are in the map still.
    expect(Number((await input.committed(0)).offset)).toBeGreaterThan(2);
    expect((await output.readAll()).map(({ value }) => JSON.parse(String(value))).sort()).toEqual(payloads);
  });

  it('is the dead letter at once where the failure will not pass, however many deliveries were allowed', async () => {
    const [input, output, dead] = await Promise.all([testTopic(), testTopic(), testTopic()]);
    const { brokers } = input;
    await input.append(0, payloads);
    const stop = new AbortController();
    const otherwise = kafkaDeadLetter({ brokers, topic: dead.topic });
    let tries = 0;
    const onNack = redeliver({ maxAttempts: 5, delayMs: backoff({ initialMs: 1, maxMs: 1 }), otherwise });
    const counting = Object.assign((...failed: Parameters<typeof onNack>) => {
      tries += 1;
      stop.abort();
      return onNack(...failed);
    }, onNack);
    const source = fromKafka({
      brokers,
      topic: input.topic,
      groupId: input.groupId,
      drain: stop.signal,
      onNack: counting,
    });
    const sink = toKafka<Tile>({ brokers, topic: output.topic, value: text });
    await lastValueFrom(source.pipe(breakingAt('payload 5', Promise.resolve()), sink));
    expect(tries).toBe(1);
    const [refused, ...more] = await dead.readAll();
    expect(more).toEqual([]);
    expect(String(refused?.value)).toBe('payload 5');
    expect(String(refused?.headers['swath-dead-attempts'])).toBe('1');
    expect(String(refused?.headers['swath-dead-stage'])).toBe('look');
    expect((await input.committed(0)).offset).toBe(String(count));
  });
});
