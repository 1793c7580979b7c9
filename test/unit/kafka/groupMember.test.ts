import { expect, it } from 'vitest';
import { kafkaOptions } from '../../../src/config/kafkaOptions.ts';
import { GroupMember } from '../../../src/kafka/groupMember.ts';
import { kafkaClient } from '../../../src/kafka/kafkaClient.ts';
import { keepingAssigner } from '../../../src/kafka/keepingAssigner.ts';
import { Ownership } from '../../../src/kafka/ownership.ts';

const nothing = (): void => undefined;

/** A member that joins no group; what it tells of assignments is kept. */
function setUp() {
  const told: (readonly string[])[] = [];
  const events = { fetched: nothing, reached: nothing, forming: nothing };
  const member = new GroupMember({
    kafka: kafkaClient(kafkaOptions.parse({}), 'stay'),
    topic: 'tiles',
    groupId: 'swath',
    sessionTimeoutMs: 6_000,
    assigner: keepingAssigner({
      ownership: new Ownership('earliest'),
      draining: () => false,
      partitionsOf: async () => [],
    }),
    events: {
      ...{ ...events, confirmed: nothing, rewound: nothing, crashed: nothing },
      joined: (partitions) => void told.push(partitions),
    },
  });
  return { member, told };
}

it('does not say that something was committed before it joined its group', async () => {
  const commit = { partition: '0', epoch: 1, nextSlot: 1, position: '0', nextPosition: undefined, map: '' };
  await expect(setUp().member.commit([commit])).rejects.toThrow('before the group was joined');
});

it('tells of no assignment before it joined its group: it would be an empty one, and give up what is held', () => {
  const { member, told } = setUp();
  member.beginAgain();
  expect(told).toEqual([]);
});
