import { recipe } from '../../support/kafka/recipe.ts';
import type { Machine } from '../measure.ts';
import type { Recovery } from './recovery.ts';
import { summarize } from './summarize.ts';

const figure = (value: number): string => value.toLocaleString('en-US');

/** Renders what the kills came to, with the machine. */
export function recoveryTable({ runs, seed, swath, plain }: Recovery, { cpu, cores, node }: Machine): string {
  const row = (name: string, of: Recovery['swath']): string => {
    const { lost, inFlight, uncommitted, repeated, mostRepeated } = summarize(of);
    return `| ${[name, runs, inFlight, uncommitted, lost, repeated, mostRepeated].map((cell) => (typeof cell === 'number' ? figure(cell) : cell)).join(' | ')} |`;
  };
  return [
    '| | kills | in flight at the kill, mean | finished since the last commit, mean | lost, all kills | repeated, mean | repeated, most |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    row('swath', swath),
    row('plain consumer', plain),
    '',
    `Apache Kafka ${recipe.version} and all processes on one machine: ${cpu}, ${cores} cores, Node ${node}; seed ${seed}.`,
  ].join('\n');
}
