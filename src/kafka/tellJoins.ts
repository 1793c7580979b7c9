import { createRequire } from 'node:module';

/** An assigner that wants to know which generation gave out partitions. */
export interface ToldOfGenerations {
  /** Called when the member has been given its partitions. */
  joined(generation: number): void;
}

interface ConsumerGroup {
  readonly assigners: readonly (object | ToldOfGenerations)[];
  readonly generationId: number;
}
interface ConsumerGroupClass {
  readonly prototype: { joinAndSync(this: ConsumerGroup): Promise<void> };
}

let telling = false;

/**
 * Makes members of kafkajs 2.2.4 tell their assigners the generation of the group that they joined: its event of that moment does
 * not, and heartbeats, which do, may come after the next generation. Assigners that do not ask for it are left as they are.
 */
export function tellGeneration(): void {
  if (telling) return;
  telling = true;
  const { prototype } = createRequire(import.meta.url)('kafkajs/src/consumer/consumerGroup.js') as ConsumerGroupClass;
  const { joinAndSync } = prototype;
  prototype.joinAndSync = async function (this: ConsumerGroup): Promise<void> {
    await joinAndSync.call(this);
    for (const assigner of this.assigners) if ('joined' in assigner) assigner.joined(this.generationId);
  };
}
