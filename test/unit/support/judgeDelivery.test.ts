import { describe, expect, it } from 'vitest';
import type { Arrival, InputRecord } from '../../support/checker/deliveryFacts.ts';
import { judgeDelivery } from '../../support/checker/judgeDelivery.ts';

const record = (offset: number, key: string | null = null, partition = 0): InputRecord => ({
  partition,
  offset: BigInt(offset),
  key,
});
const arrivals = (...origins: (string | undefined)[]): Arrival[] =>
  origins.map((origin, at) => ({
    topic: 'out',
    partition: 0,
    offset: BigInt(at),
    origin: origin && `tiles/${origin}`,
  }));
const judge = (
  input: InputRecord[],
  written: Arrival[],
  committed: [number, bigint][] = [],
): ReturnType<typeof judgeDelivery> =>
  judgeDelivery({ topic: 'tiles', input, arrivals: written, committed: new Map(committed) });

describe('the checker', () => {
  it('finds nothing where each record was written once, in whatever order', () => {
    expect(judge([record(0), record(1), record(5)], arrivals('0/5', '0/0', '0/1'), [[0, 6n]])).toEqual({
      partitionInversions: ['0/0', '0/1'],
      records: 3,
      lost: 0,
      repeated: 0,
      lostPositions: [],
      repeatedPositions: [],
      inversions: [],
      overCommitted: [],
      strangers: [],
    });
  });

  it('names what was lost, and whether a restart would bring it again', () => {
    const input = [record(0), record(1), record(2), record(0, null, 1)];
    expect(judge(input, arrivals('0/0'), [[0, 2n]])).toMatchObject({
      lost: 3,
      lostPositions: ['0/1', '0/2', '1/0'],
      overCommitted: ['0/1'],
    });
  });

  it('counts every record beyond the first of its position, in output and dead letter together', () => {
    const dead: Arrival = { topic: 'dead', partition: 0, offset: 0n, origin: 'tiles/0/1' };
    const written = [...arrivals('0/0', '0/1', '0/0', '0/0'), dead];
    expect(judge([record(0), record(1)], written)).toMatchObject({
      lost: 0,
      repeated: 3,
      repeatedPositions: ['0/0', '0/0', '0/1'],
    });
  });

  it('takes a position for inverted when it first came after a later one of its key, not when it came again', () => {
    const input = [record(0, 'a'), record(1, 'b'), record(2, 'a'), record(3, 'b'), record(4), record(5)];
    const written = arrivals('0/0', '0/3', '0/2', '0/0', '0/1', '0/5', '0/4');
    expect(judge(input, written)).toMatchObject({
      inversions: ['0/1'],
      partitionInversions: ['0/2', '0/1', '0/4'],
      repeatedPositions: ['0/0'],
    });
  });

  it('compares no order between partitions of the output', () => {
    const written = arrivals('0/1', '0/0').map((arrival, partition) => ({ ...arrival, partition }));
    expect(judge([record(0, 'a'), record(1, 'a')], written).inversions).toEqual([]);
  });

  it('names records that come from nowhere', () => {
    const { lost, strangers } = judge([record(0)], arrivals('0/0', '0/7', undefined));
    expect({ lost, strangers }).toEqual({ lost: 0, strangers: ['out/0/1 from tiles/0/7', 'out/0/2 from nowhere'] });
  });
});
