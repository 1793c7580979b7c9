import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin } from 'kafkajs';
import { Journal } from '../../support/chaos/journal.ts';
import { checkDelivery } from '../../support/checker/checkDelivery.ts';
import type { ChildOptions } from './childOptions.ts';
import { startChild } from './childProcess.ts';

/** What one kill came to. */
export interface Recovered {
  /** Tiles in flight at the kill. */
  readonly inFlight: number;
  /** Tiles finished since the last commit that was confirmed before the kill. */
  readonly uncommitted: number;
  readonly lost: number;
  readonly repeated: number;
}

/** The place of one run. */
export interface RunPlace {
  readonly admin: Admin;
  readonly brokers: string[];
  /** Input, with the offset behind its last record by partition. */
  readonly topic: string;
  readonly ends: ReadonlyMap<number, string>;
  /** Name of the run, of its group and its output. */
  readonly name: string;
  readonly folder: string;
  readonly maxInFlight: number;
  /** From the moment when that many tiles are in flight to the kill. */
  readonly killAfterMs: number;
}

/** Kills a process at work with kill -9, lets a second one finish the rest, and asks the checker. */
export async function recoverOnce(program: 'swath' | 'plain', place: RunPlace): Promise<Recovered> {
  const { admin, brokers, topic, name, folder, maxInFlight, killAfterMs } = place;
  const output = `${name}-out`;
  await admin.createTopics({ topics: [{ topic: output, numPartitions: 1 }], waitForLeaders: true });
  const journal = join(folder, name);
  const common = { brokers, topic, groupId: name, output, maxInFlight, sessionTimeoutMs: 3000, commitIntervalMs: 1000 };
  const options: ChildOptions = { ...common, journal, slowness: 1 };
  const first = startChild(program, options);
  while (countsOf(journal).opened < maxInFlight) {
    first.check();
    await sleep(10);
  }
  await sleep(killAfterMs);
  await first.end('SIGKILL');
  const { opened, finished, committed } = Journal.read(journal);

  const second = startChild(program, { ...options, journal: `${journal}-2`, slowness: 0 });
  while (!(await allCommitted(place))) {
    second.check();
    await sleep(50);
  }
  await second.end('SIGTERM');
  const { lost, repeated, strangers } = await checkDelivery({ brokers, input: topic, groupId: name, output });
  if (strangers.length > 0) throw new Error(`records that come from nowhere: ${strangers.slice(0, 5).join(', ')}`);
  await admin.deleteTopics({ topics: [output] });
  return { inFlight: opened - finished, uncommitted: finished - committed, lost, repeated };
}

function countsOf(journal: string): { readonly opened: number } {
  try {
    return Journal.read(journal);
  } catch {
    return { opened: 0 }; // the process has not begun yet
  }
}

async function allCommitted({ admin, topic, ends, name }: RunPlace): Promise<boolean> {
  const [answer] = await admin.fetchOffsets({ groupId: name, topics: [topic] });
  const committed = new Map(answer?.partitions.map(({ partition, offset }) => [partition, offset]));
  return [...ends].every(([partition, end]) => committed.get(partition) === end);
}
