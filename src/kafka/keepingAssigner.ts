import kafkajs, { type GroupMember, type PartitionAssigner } from 'kafkajs';
import { spreadPartitions } from './spreadPartitions.ts';

/** What a {@link keepingAssigner} asks. */
export interface KeepingAssignerOptions {
  /** Partitions of the member's topic that it holds now. */
  readonly owned: () => readonly number[];
  /** True once the member wants no more than to finish what it holds. */
  readonly draining: () => boolean;
  /** Partitions of a topic, asked only of topics that other members read; empty when there are none. */
  readonly partitionsOf: (topic: string) => Promise<readonly number[]>;
}

interface Subscription {
  readonly id: string;
  readonly topics: readonly string[];
  readonly owned: readonly number[];
  readonly draining: boolean;
}

/**
 * Assigns partitions so that members keep what they have: a tile in flight is lost work when its partition moves.
 *
 * Members say what they hold when they join, and one that drains keeps all of it until it leaves. The client's own assigner gives
 * out anew each time, and forgets the topics that its leader does not read itself, so that two pipelines under one group would
 * starve each other.
 */
export function keepingAssigner({ owned, draining, partitionsOf }: KeepingAssignerOptions): PartitionAssigner {
  const { MemberMetadata, MemberAssignment } = kafkajs.AssignerProtocol;
  const name = 'swath-keeping';
  const version = 0;
  return ({ cluster }) => ({
    name,
    version,
    protocol: ({ topics }) => {
      const userData = Buffer.from(JSON.stringify({ owned: owned(), draining: draining() }));
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

/** Another version may say it in another way; then the member has a claim to nothing. */
function readUserData(userData: Buffer | undefined): Pick<Subscription, 'owned' | 'draining'> {
  try {
    const { owned, draining } = JSON.parse(String(userData));
    const numbers = Array.isArray(owned) ? owned.filter((partition) => Number.isInteger(partition)) : [];
    return { owned: numbers, draining: draining === true };
  } catch {
    return { owned: [], draining: false };
  }
}
