import { expect, it } from 'vitest';
import { kafkaOptions } from '../../../src/config/kafkaOptions.ts';
import { GroupMember } from '../../../src/kafka/groupMember.ts';
import { kafkaClient } from '../../../src/kafka/kafkaClient.ts';
import { keepingAssigner } from '../../../src/kafka/keepingAssigner.ts';
import { Ownership } from '../../../src/kafka/ownership.ts';

const nothing = (): void => undefined;

it('does not say that something was committed before it joined its group', async () => {
  const events = { joined: nothing, fetched: nothing, reached: nothing, forming: nothing };
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
    events: { ...events, confirmed: nothing, rewound: nothing, crashed: nothing },
  });
  const commit = { partition: '0', epoch: 1, nextSlot: 1, position: '0', nextPosition: undefined, map: '' };
  await expect(member.commit([commit])).rejects.toThrow('before the group was joined');
});
