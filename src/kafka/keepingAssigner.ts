import kafkajs, { type Assigner, type GroupMember, type PartitionAssigner } from 'kafkajs';
import type { Ownership } from './ownership.ts';
import { type SpreadMember, spreadPartitions } from './spreadPartitions.ts';
import type { ToldOfJoins } from './tellJoins.ts';

/** What a {@link keepingAssigner} asks. */
export interface KeepingAssignerOptions {
  /** What the member has of its topic, under which generation of the group; told when a generation gave it something. */
  readonly ownership: Pick<Ownership, 'partitions' | 'generation'>;
  /** True once the member wants no more than to finish what it holds. */
  readonly draining: () => boolean;
  /** Partitions of a topic, asked only of topics that other members read; empty when there are none. */
  readonly partitionsOf: (topic: string) => Promise<readonly number[]>;
}

interface Subscription extends SpreadMember {
  readonly topics: readonly string[];
}

/**
 * Assigns partitions so that members keep what they have: a tile in flight is lost work when its partition moves.
 *
 * Members say what they hold when they join, and one that drains keeps all of it until it leaves. They say which generation of the
 * group gave it to them as well: one that was cut off and comes back still holds what is another's by now. The client's own assigner gives
 * out anew each time, and forgets the topics that its leader does not read itself, so that two pipelines under one group would
 * starve each other.
 */
export function keepingAssigner({ ownership, draining, partitionsOf }: KeepingAssignerOptions): PartitionAssigner {
  const { MemberMetadata, MemberAssignment } = kafkajs.AssignerProtocol;
  const name = 'swath-keeping';
  const version = 0;
  return ({ cluster }): Assigner & ToldOfJoins => ({
    name,
    version,
    joined: ({ generationId }) => {
      ownership.generation = generationId;
    },
    protocol: ({ topics }) => {
      const owned = ownership.partitions.map(Number);
      const claim = { owned, generation: ownership.generation, draining: draining() };
      const userData = Buffer.from(JSON.stringify(claim));
      return { name, metadata: MemberMetadata.encode({ version, topics, userData }) };
    },
    assign: async ({ members, topics }) => {
      const subscriptions = members.map(readSubscription);
      const given = new Map(subscriptions.map(({ id }) => [id, {} as Record<string, number[]>]));
      for (const topic of new Set(subscriptions.flatMap((own) => own.topics))) {
        const partitions = topics.includes(topic)
          ? cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => partitionId)
          : await partitionsOf(topic);
        const readers = subscriptions.filter((own) => own.topics.includes(topic));
        for (const [id, own] of spreadPartitions(readers, partitions)) {
          const assignment = given.get(id);
          if (assignment !== undefined && own.length > 0) assignment[topic] = [...own];
        }
      }
      return [...given].map(([memberId, assignment]) => ({
        memberId,
        memberAssignment: MemberAssignment.encode({ version, assignment, userData: Buffer.alloc(0) }),
      }));
    },
  });
}

function readSubscription({ memberId, memberMetadata }: GroupMember): Subscription {
  const read = kafkajs.AssignerProtocol.MemberMetadata.decode(memberMetadata);
  return { id: memberId, topics: read?.topics ?? [], ...readUserData(read?.userData) };
}

/** Another version may say it in another way; then the member has a claim to nothing. One that names no generation is of an earlier one. */
function readUserData(userData: Buffer | undefined): Omit<SpreadMember, 'id'> {
  try {
    const { owned, generation, draining } = JSON.parse(String(userData));
    const numbers = Array.isArray(owned) ? owned.filter((partition) => Number.isInteger(partition)) : [];
    return { owned: numbers, draining: draining === true, ...(Number.isInteger(generation) && { generation }) };
  } catch {
    return { owned: [], draining: false };
  }
}
