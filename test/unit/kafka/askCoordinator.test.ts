import { expect, it } from 'vitest';
import { askCoordinator } from '../../../src/kafka/askCoordinator.ts';

const faultOf = (type: string): Error => Object.assign(new Error(type), { type, retriable: true });

it('asks again while a group has no coordinator, and takes any other refusal for an answer', async () => {
  const faults = ['GROUP_COORDINATOR_NOT_AVAILABLE', 'NOT_COORDINATOR_FOR_GROUP', 'GROUP_LOAD_IN_PROGRESS'];
  let asked = 0;
  const answer = await askCoordinator(async () => {
    asked += 1;
    const fault = faults.shift();
    if (fault !== undefined) throw faultOf(fault);
    return 'answer';
  });
  expect([answer, asked]).toEqual(['answer', 4]);
  const refused = askCoordinator(async () => {
    asked += 1;
    throw faultOf('GROUP_AUTHORIZATION_FAILED');
  });
  await expect(refused).rejects.toThrow('GROUP_AUTHORIZATION_FAILED');
  expect(asked).toBe(5);
});

it('gives up when a group has no coordinator for long', async () => {
  let asked = 0;
  const ask = async (): Promise<never> => {
    asked += 1;
    throw faultOf('NOT_COORDINATOR_FOR_GROUP');
  };
  await expect(askCoordinator(ask, 400)).rejects.toThrow('NOT_COORDINATOR_FOR_GROUP');
  expect(asked).toBe(3);
});
