import type { KafkaFault } from './kafkaFault.ts';

const attemptsToStart = 3;
const attemptsToGoOn = 10;

/**
 * Whether to give up joining a group after so many failures in a row.
 *
 * At the start a mistake is likelier than an outage; later a cluster that cannot be reached is waited for as long as it takes.
 *
 * @param worked - Whether this process has been a member before.
 */
export function isHopeless(kind: KafkaFault['kind'], failures: number, worked: boolean): boolean {
  if (kind === 'authorization') return true;
  if (!worked) return failures >= attemptsToStart;
  return kind !== 'transient' && failures >= attemptsToGoOn;
}
