import { createRequire } from 'node:module';
import type { PartitionAssigner } from 'kafkajs';

/** Offsets to commit, and what is kept beside them. */
export interface OffsetsToCommit {
  readonly topics: readonly {
    readonly topic: string;
    readonly partitions: readonly { readonly partition: number; readonly offset: string; readonly metadata: string }[];
  }[];
}

interface ConsumerGroup {
  readonly cluster: object;
  commitOffsets(offsets: OffsetsToCommit): Promise<void>;
}
interface ConsumerGroupClass {
  readonly prototype: { joinAndSync(this: ConsumerGroup): Promise<void> };
}

const joined = new WeakMap<object, ConsumerGroup>();
let watching = false;

/** Learns the group of each consumer of kafkajs 2.2.4 when it has joined. */
function watchJoins(): void {
  if (watching) return;
  watching = true;
  const { prototype } = createRequire(import.meta.url)('kafkajs/src/consumer/consumerGroup.js') as ConsumerGroupClass;
  const { joinAndSync } = prototype;
  prototype.joinAndSync = async function (this: ConsumerGroup): Promise<void> {
    await joinAndSync.call(this);
    joined.set(this.cluster, this);
  };
}

/**
 * Commits of a consumer, made once and under the generation of the group that counts at the moment of the call.
 *
 * The client's own `commitOffsets` tries again under whatever generation came meanwhile, though the partition may be another
 * member's by then. The function that does not comes with each batch, and a member that drains fetches none.
 */
export class DirectCommits {
  #cluster: object | undefined;

  constructor() {
    watchJoins();
  }

  /** Wraps an assigner of the consumer, the one thing that the client tells its connections. */
  through(assigner: PartitionAssigner): PartitionAssigner {
    return (config) => {
      this.#cluster = config.cluster;
      return assigner(config);
    };
  }

  /** @throws TypeError before the consumer joined its group; else what the broker answered. */
  async send(offsets: OffsetsToCommit): Promise<void> {
    const group = this.#cluster && joined.get(this.#cluster);
    if (group === undefined) throw new TypeError('nothing can be committed before the group was joined');
    await group.commitOffsets(offsets);
  }
}
