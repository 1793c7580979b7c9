import { kafkaFault } from './kafkaFault.ts';

const passing = new Set(['NOT_COORDINATOR_FOR_GROUP', 'GROUP_LOAD_IN_PROGRESS', 'GROUP_COORDINATOR_NOT_AVAILABLE']);

/** True for what brokers answer while nobody coordinates a group, or a transaction, yet or for the moment: where it is kept is being made, or moves. */
export function isCoordinatorAway(error: unknown): boolean {
  return passing.has(kafkaFault(error).type ?? '');
}
