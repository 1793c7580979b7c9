import { createRequire } from 'node:module';
import { ownClients } from './ownClients.ts';

interface ConsumerGroup {
  readonly groupId: string;
  readonly cluster: { findGroupCoordinator(of: { readonly groupId: string }): Promise<unknown> };
  readonly offsetManager: { coordinator: unknown } | null;
  coordinator: unknown;
}
interface ConsumerGroupClass {
  readonly prototype: { heartbeat(this: ConsumerGroup, options: { readonly interval: number }): Promise<void> };
}

const gone = new Set([
  'KafkaJSBrokerNotFound',
  'KafkaJSConnectionError',
  'KafkaJSConnectionClosedError',
  'KafkaJSRequestTimeoutError',
]);
let following = false;

/**
 * Makes swath's members of groups, of kafkajs 2.2.4, look for the group's coordinator again when it does not answer any more.
 *
 * By itself the library asks the one it found when it joined until that answers: while a broker is down nothing is committed, and the
 * broker that took the group over ends the sessions. There the membership goes on as it was, so that partitions stay where they are.
 */
export function followCoordinator(): void {
  if (following) return;
  following = true;
  const { prototype } = createRequire(import.meta.url)('kafkajs/src/consumer/consumerGroup.js') as ConsumerGroupClass;
  const { heartbeat } = prototype;
  prototype.heartbeat = async function (this: ConsumerGroup, options): Promise<void> {
    try {
      await heartbeat.call(this, options);
    } catch (error) {
      if (!ownClients.has(this.cluster) || !isElsewhere(error)) throw error;
      const coordinator = await this.cluster.findGroupCoordinator({ groupId: this.groupId });
      this.coordinator = coordinator;
      if (this.offsetManager !== null) this.offsetManager.coordinator = coordinator;
      await heartbeat.call(this, options);
    }
  };
}

function isElsewhere(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return gone.has(error.name) || ('type' in error && error.type === 'NOT_COORDINATOR_FOR_GROUP');
}
