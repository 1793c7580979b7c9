import { describe, expect, it } from 'vitest';
import { readSpans } from '../../../../src/cli/report/readSpans.ts';
import { toDrawnTrace } from '../../../../src/cli/report/toDrawnTrace.ts';
import { sampleSpans } from '../../../support/report/sampleSpans.ts';

const spans = sampleSpans(3).flatMap(readSpans);
const second = '2'.padStart(32, '0');

describe('toDrawnTrace', () => {
  it('orders the spans of one trace from the root down, those of other processes under their parents', () => {
    const trace = toDrawnTrace(spans.toReversed(), second);
    expect(trace?.tileId).toBe('night/x208-y0');
    expect(trace?.spans.map(({ name, depth, service }) => [name, depth, service])).toEqual([
      ['send tiles', 0, 'swath'],
      ['process tiles', 1, 'swath'],
      ['upload', 2, 'swath'],
      ['invoke', 2, 'swath'],
      ['infer', 3, 'swath-model'],
      ['await', 2, 'swath'],
      ['features', 2, 'swath'],
      ['send detections', 2, 'swath'],
    ]);
    expect(trace?.spans[0]?.startMs).toBe(0);
    expect(trace?.spans.find(({ name }) => name === 'await')?.events).toHaveLength(3);
  });

  it('shows spans whose parent is not there as roots, so that none is missing', () => {
    const orphans = spans.filter(({ name }) => name !== 'process tiles');
    expect(toDrawnTrace(orphans, second)?.spans).toHaveLength(7);
  });

  it('answers null for a trace that nobody recorded', () => {
    expect(toDrawnTrace(spans, 'f'.repeat(32))).toBeNull();
  });
});
