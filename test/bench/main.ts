import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { backlog } from './backlog.ts';
import { calls } from './calls.ts';
import { http } from './http.ts';
import { infer } from './infer.ts';
import { type BenchPromise, judgePromise } from './judgePromise.ts';
import { kernel } from './kernel.ts';
import { type Measured, machine } from './measure.ts';
import { memory } from './memory.ts';
import { overshoot } from './overshoot.ts';
import { recoverySuite } from './recovery/recoverySuite.ts';
import { throughputKafka } from './throughputKafka.ts';
import { throughputKinesis } from './throughputKinesis.ts';
import { transactions } from './transactions.ts';

// npm run bench -- [SUITE…] [--json FILE]: see docs/benchmarks.md. Tables go to standard output.
const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: 'string' } } });
const names = [
  'kernel',
  'infer',
  'http',
  'calls',
  'overshoot',
  'memory',
  'backlog',
  'throughput',
  'recovery',
  'transactions',
  'peers',
] as const;
type Suite = (typeof names)[number];
const unknown = positionals.filter((name) => !names.includes(name as Suite));
if (unknown.length > 0) {
  console.error(`unknown suite ${unknown.join(', ')}; there are: ${names.join(', ')}`);
  process.exit(2);
}
const needingJava: readonly Suite[] = ['backlog', 'throughput', 'recovery', 'transactions'];
const wanted = positionals.length > 0 ? (positionals as Suite[]) : names.filter((name) => !needingJava.includes(name));
const suites: Record<string, unknown> = {};
const peers: Record<string, Measured> = {};

const digits = (value: number): number => Number(value.toPrecision(3));
const row = ({ efficiency, cpuMicrosPerTile }: Measured) => ({
  efficiency: digits(efficiency),
  'CPU µs/tile': digits(cpuMicrosPerTile),
});
function show(suite: string, results: { swath: Measured; peers: Record<string, Measured> }): void {
  console.log(`\n${suite}`);
  const named = Object.entries({ swath: results.swath, ...results.peers });
  console.table(Object.fromEntries(named.map(([name, measured]) => [name, row(measured)])));
  for (const [name, measured] of Object.entries(results.peers)) peers[`${suite} ${name}`] = measured;
}

function hold(promise: BenchPromise): void {
  const { kept, words } = judgePromise(promise);
  if (kept) {
    console.log(words);
  } else {
    console.error(words);
    process.exitCode = 1;
  }
}

const { cpu, cores, node } = machine();
console.log(`${cpu}, ${cores} cores, Node ${node}`);
const all = wanted.includes('peers');
if (all || wanted.includes('kernel')) {
  const results = await kernel();
  show('kernel', results);
  console.log('nanoseconds to finish a record, by window:', results.finishNanos);
  suites['kernel'] = { ...results.swath, finishNanos: results.finishNanos };
}
if (all || wanted.includes('infer')) {
  const results = await infer();
  show('infer', results);
  suites['infer'] = results.swath;
}
if (all || wanted.includes('http')) {
  const results = await http();
  show('http', results);
  const { efficiency, cpuMicrosPerTile } = results.swath;
  suites['http'] = {
    efficiency,
    cpuMillisPerTile: cpuMicrosPerTile / 1000,
    tilesPerSecondPerCore: 1e6 / cpuMicrosPerTile,
  };
}
if (wanted.includes('calls')) {
  suites['calls'] = await calls();
  console.log('\nAWS calls per tile', suites['calls']);
}
if (wanted.includes('overshoot')) {
  suites['overshoot'] = overshoot();
  console.log('\novershoot', suites['overshoot']);
}
if (wanted.includes('memory')) {
  const used = await memory();
  suites['memory'] = used;
  console.log('\nmemory', used);
  // Measured from 100,000 tiles on: before that the process still warms up.
  hold({
    of: 'resident memory after 1,000,000 tiles, of that after 100,000,',
    measured: used.rss1m / used.rss100k,
    most: 1.25,
  });
  hold({ of: 'heap after 1,000,000 tiles, of that after 100,000,', measured: used.heap1m / used.heap100k, most: 1.25 });
}
if (wanted.includes('backlog')) {
  const used = await backlog();
  suites['backlog'] = used;
  console.log('\nbacklog', used);
  const of = 'at the end of a backlog of 1,000,000 records, of that after 100,000,';
  hold({ of: `resident memory ${of}`, measured: used.rss1m / used.rss100k, most: 1.25 });
  hold({ of: `heap ${of}`, measured: used.heap1m / used.heap100k, most: 1.25 });
  hold({ of: 'records in flight', measured: used.mostInFlight, most: 400 });
}
if (wanted.includes('throughput')) {
  const rates = { kafka: await throughputKafka(), kinesis: await throughputKinesis() };
  suites['throughput'] = rates;
  console.log('\nthroughput', rates);
  for (const [log, { ratio }] of Object.entries(rates)) {
    hold({ of: `throughput on ${log}, of the bare loop’s,`, measured: ratio, least: 0.8 });
  }
}
if (wanted.includes('recovery')) {
  const { result, violations } = await recoverySuite({ cpu, cores, node });
  suites['recovery'] = result;
  console.log('\nrecovery', result);
  for (const violation of violations) console.error(`promise broken: ${violation}`);
  if (violations.length > 0) process.exitCode = 1;
  else console.log('promise kept: nothing lost, and no more repeated than in flight and uncommitted');
}
if (wanted.includes('transactions')) {
  suites['transactions'] = await transactions();
  console.log('\ntransactions', suites['transactions']);
}
suites['peers'] = peers;
if (values.json !== undefined) {
  await writeFile(values.json, `${JSON.stringify({ machine: { cpu, cores, node }, suites }, undefined, 2)}\n`);
}
