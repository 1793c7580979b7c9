import type { Assigner, PartitionAssigner } from 'kafkajs';
import type { JoinedGroup, OffsetsToCommit, ToldOfJoins } from './tellJoins.ts';

/**
 * Commits of a consumer, made once and under the generation of the group that counts at the moment of the call.
 *
 * The client's own `commitOffsets` tries again under whatever generation came meanwhile, though the partition may be another
 * member's by then. The function that does not comes with each batch, and a member that drains fetches none.
 */
export class DirectCommits {
  #group: JoinedGroup | undefined;

  /** Wraps an assigner of the consumer, which is told of the group when it was joined. */
  through(assigner: PartitionAssigner): PartitionAssigner {
    return (config): Assigner & ToldOfJoins => {
      const own: Assigner & Partial<ToldOfJoins> = assigner(config);
      const joined = (group: JoinedGroup): void => {
        this.#group = group;
        own.joined?.(group);
      };
      return { ...own, joined };
    };
  }

  /** @throws TypeError before the consumer joined its group; else what the broker answered. */
  async send(offsets: OffsetsToCommit): Promise<void> {
    const group = this.#group;
    if (group === undefined) throw new TypeError('nothing can be committed before the group was joined');
    await group.commitOffsets(offsets);
  }
}
