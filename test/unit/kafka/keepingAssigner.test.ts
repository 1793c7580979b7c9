import kafkajs, { type Cluster, type GroupMember, type Logger } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { keepingAssigner } from '../../../src/kafka/keepingAssigner.ts';

const { MemberMetadata, MemberAssignment } = kafkajs.AssignerProtocol;
const topic = 'tiles';

/** A member's assigner, in a cluster whose topic has two partitions. */
function assignerOf(ownership: { partitions: string[]; generation: number | undefined }, draining = false) {
  const make = keepingAssigner({ ownership, draining: () => draining, partitionsOf: async () => [] });
  const findTopicPartitionMetadata = () => [{ partitionId: 0 }, { partitionId: 1 }];
  return make({
    cluster: { findTopicPartitionMetadata } as unknown as Cluster,
    groupId: 'swath',
    logger: {} as Logger,
  });
}
const ownership = { partitions: ['0', '1'], generation: 7 };

/** A member whose claim another version wrote. */
const memberOf = (memberId: string, claim: string): GroupMember => ({
  memberId,
  memberMetadata: MemberMetadata.encode({ version: 0, topics: [topic], userData: Buffer.from(claim) }),
});

async function assigned(members: GroupMember[]) {
  const given = await assignerOf(ownership).assign({ members, topics: [topic] });
  return Object.fromEntries(
    given.map(({ memberId, memberAssignment }) => [
      memberId,
      MemberAssignment.decode(memberAssignment)?.assignment[topic] ?? [],
    ]),
  );
}

describe('keepingAssigner', () => {
  it('tells what is held and the generation that gave it, beside what earlier versions read', () => {
    const { metadata } = assignerOf(ownership).protocol({ topics: [topic] });
    const { topics, userData } = MemberMetadata.decode(metadata) ?? {};
    expect(topics).toEqual([topic]);
    expect(JSON.parse(String(userData))).toEqual({ owned: [0, 1], generation: 7, draining: false });
    const fresh = assignerOf({ partitions: [], generation: undefined }, true).protocol({ topics: [topic] });
    expect(JSON.parse(String(MemberMetadata.decode(fresh.metadata)?.userData))).toEqual({ owned: [], draining: true });
  });

  it('gives a partition to the latest of its claims, and reads the claims of other versions', async () => {
    const stale = memberOf('a', '{"owned":[0],"generation":6,"draining":false}');
    const owner = memberOf('b', '{"owned":[0],"generation":7,"draining":false}');
    expect(await assigned([stale, owner])).toEqual({ a: [1], b: [0] });
    const earlier = memberOf('a', '{"owned":[0],"draining":false}');
    expect(await assigned([earlier, owner])).toEqual({ a: [1], b: [0] });
    expect(await assigned([earlier, memberOf('b', '{"owned":[1],"draining":false}')])).toEqual({ a: [0], b: [1] });
    const strange = memberOf('a', '{"owned":[0],"generation":"9"}');
    expect(await assigned([strange, owner])).toEqual({ a: [1], b: [0] });
    expect(await assigned([memberOf('a', 'anything'), owner])).toEqual({ a: [1], b: [0] });
  });
});
