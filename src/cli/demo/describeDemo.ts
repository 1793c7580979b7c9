import { join } from 'node:path';
import type { Summary } from '../report/summary.ts';

const number = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });

/** Sums a run up in a few lines for people; its files lie in the folder `out`. */
export function describeDemo({ tiles, detections, seconds, callsPerTile, latencyMs }: Summary, out: string): string {
  const lines = [
    `${counted(tiles.written, 'tile')}, ${counted(detections, 'detection')} in ${number.format(seconds)} s`,
    `${number.format(callsPerTile)} calls per tile; latency of a tile ${inSeconds(latencyMs.p50)} in the middle, ${inSeconds(latencyMs.p95)} for 95 %`,
  ];
  return [...lines, `Open ${join(out, 'index.html')}`].join('\n');
}

function counted(count: number, noun: string): string {
  return `${number.format(count)} ${noun}${count === 1 ? '' : 's'}`;
}

function inSeconds(ms: number): string {
  return `${number.format(ms / 1000)} s`;
}
