import { DiagLogLevel, diag } from '@opentelemetry/api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decodeLeaseMap, encodeLeaseMap } from '../../../src/aws/leaseMap.ts';
import { resumption } from '../../../src/aws/resumption.ts';
import { decodeOffsetMap, encodeOffsetMap } from '../../../src/tile/offsetMap.ts';
import { leaseOf } from './leaseOf.ts';

const finished = encodeOffsetMap({ finished: [1, 3], clean: false });
const nothing = encodeOffsetMap({ finished: [], clean: true });
const warnings: string[] = [];
beforeEach(() => {
  const silent = (): void => undefined;
  const warn = (message: string): unknown => warnings.push(message);
  diag.setLogger({ warn, error: silent, info: silent, debug: silent, verbose: silent }, DiagLogLevel.WARN);
});
afterEach(() => {
  diag.disable();
  warnings.length = 0;
});

const kept = (checkpoint: string, next: string | undefined, map: string) =>
  leaseOf('s', { checkpoint, map: encodeLeaseMap({ next, map }, { checkpoint, subSequence: 0 }) });

describe('resumption', () => {
  it.each([
    ['TRIM_HORIZON', { type: 'TRIM_HORIZON' }],
    ['LATEST', { type: 'LATEST' }],
    ['AT_TIMESTAMP', { type: 'AT_TIMESTAMP', timeMs: 77 }],
    ['495', { type: 'AT_SEQUENCE_NUMBER', sequence: '495' }],
  ])('starts from the checkpoint %s', (checkpoint, start) => {
    expect(resumption(leaseOf('s', { checkpoint }), 77).start).toEqual(start);
  });

  it('starts at the time that LATEST was first taken, as long as nothing has begun since', () => {
    const latestMs = 1234;
    const start = { type: 'AT_TIMESTAMP', timeMs: latestMs, isPast: true };
    expect(resumption(leaseOf('s', { checkpoint: 'LATEST', latestMs }), 77)).toMatchObject({
      start,
      needsFirst: false,
    });
    expect(resumption({ ...kept('LATEST', undefined, nothing), latestMs }, 77).start).toEqual(start);
    expect(resumption({ ...kept('LATEST', '500', nothing), latestMs }, 77).start).toMatchObject({ sequence: '500' });
  });

  it('has no progress where nobody began, and progress without a map where another program did', () => {
    expect(resumption(leaseOf('s'), 0).progress('500')).toBeUndefined();
    const theirs = resumption(leaseOf('s', { checkpoint: '495', subSequence: 2 }), 0);
    expect(theirs.progress('500')).toEqual({ nextSlot: 0, map: '' });
    expect(theirs.after).toEqual({ sequence: '495', subSequence: 2 });
  });

  it('gives the map back when the first record is the one it was made for', () => {
    expect(resumption(kept('495', '500', finished), 0).progress('500')).toEqual({ nextSlot: 0, map: finished });
    expect(warnings).toEqual([]);
  });

  it('drops the map when the first record is another one, but says that work may repeat', () => {
    const progress = resumption(kept('495', '500', finished), 0).progress('600');
    expect(decodeOffsetMap(progress?.map ?? '')).toEqual({ finished: [], clean: false });
    expect(warnings[0]).toContain('lease s does not belong to the record at 600');
  });

  it('drops a map that counts from an unknown record, unless it counts none', () => {
    expect(
      decodeOffsetMap(resumption(kept('495', undefined, finished), 0).progress('500')?.map ?? '')?.finished,
    ).toEqual([]);
    expect(resumption(kept('495', undefined, nothing), 0).progress('500')?.map).toBe(nothing);
  });

  it('drops the map when another program moved the checkpoint', () => {
    const moved = { ...kept('495', '500', finished), checkpoint: '499' };
    expect(decodeOffsetMap(resumption(moved, 0).progress('500')?.map ?? '')?.finished).toEqual([]);
  });

  it('goes on at the record that work had begun with, although nothing was finished', () => {
    const lease = kept('LATEST', '500', nothing);
    expect(resumption(lease, 0).start).toEqual({ type: 'AT_SEQUENCE_NUMBER', sequence: '500' });
    expect(resumption(lease, 0).after).toBeUndefined();
    expect(resumption(lease, 0).progress('500')).toEqual({ nextSlot: 0, map: nothing });
  });
});

describe('decodeLeaseMap', () => {
  const written = encodeLeaseMap({ next: '500', map: finished }, { checkpoint: '495', subSequence: 0 });
  const lease = leaseOf('s', { checkpoint: '495', map: written });

  it('reads what was written', () => {
    expect(decodeLeaseMap(lease)).toEqual({ next: '500', map: finished });
  });

  it.each([
    '',
    'nonsense',
    'null',
    '7',
    '{}',
    written.replace('"version":1', '"version":2'),
    written.replace('"500"', '500'),
  ])('ignores %s', (map) => expect(decodeLeaseMap({ ...lease, map })).toBeUndefined());

  it('ignores the map of another place', () => {
    expect(decodeLeaseMap({ ...lease, subSequence: 1 })).toBeUndefined();
  });
});
