import { createRequire } from 'node:module';

/** Offsets to commit, and what is kept beside them. */
export interface OffsetsToCommit {
  readonly topics: readonly {
    readonly topic: string;
    readonly partitions: readonly { readonly partition: number; readonly offset: string; readonly metadata: string }[];
  }[];
}

/** The group as a member of it knows it. */
export interface JoinedGroup {
  readonly generationId: number;
  /** Commits once, under the generation that counts at the moment of the call. */
  commitOffsets(offsets: OffsetsToCommit): Promise<void>;
}

/** An assigner that wants to know of the group in which it gives out partitions. */
export interface ToldOfJoins {
  /** Called when the member has been given its partitions. */
  joined(group: JoinedGroup): void;
}

interface ConsumerGroup extends JoinedGroup {
  readonly assigners: readonly (object | ToldOfJoins)[];
}
interface ConsumerGroupClass {
  readonly prototype: { joinAndSync(this: ConsumerGroup): Promise<void> };
}

let telling = false;

/**
 * Makes members of kafkajs 2.2.4 tell their assigners of the group that they joined. Its event of that moment does not name the
 * generation, and heartbeats, which do, may come after the next one; its way to commit once comes with batches alone. Assigners that do not
 * ask for it are left as they are.
 */
export function tellJoins(): void {
  if (telling) return;
  telling = true;
  const { prototype } = createRequire(import.meta.url)('kafkajs/src/consumer/consumerGroup.js') as ConsumerGroupClass;
  const { joinAndSync } = prototype;
  prototype.joinAndSync = async function (this: ConsumerGroup): Promise<void> {
    await joinAndSync.call(this);
    for (const assigner of this.assigners) if ('joined' in assigner) assigner.joined(this);
  };
}
