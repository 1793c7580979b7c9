import { setImmediate as turn } from 'node:timers/promises';
import { Subject } from 'rxjs';
import { expect, it } from 'vitest';
import { topicChanges } from '../../../src/kafka/topicChanges.ts';

it('tells a topic that is another than the one held, and nothing of one that is not, is not told, or cannot be asked', async () => {
  const logs = new Map([
    ['0', undefined],
    ['1', 'a'],
  ]);
  const held = { partitions: [...logs.keys()], logOf: (partition: string) => logs.get(partition) };
  const answers = ['a', undefined, new Error('no broker'), 'b'];
  const ask = async (): Promise<string | undefined> => {
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const suspected = new Subject<void>();
  const told: string[] = [];
  const changes = topicChanges(ask, held, suspected).subscribe((log) => told.push(log));
  while (answers.length > 0) {
    suspected.next();
    await turn();
  }
  await turn();
  changes.unsubscribe();
  expect(told).toEqual(['b']);
});
