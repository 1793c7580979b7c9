import { describe, expect, it } from 'vitest';
import { CommitLane } from '../../../src/kafka/commitLane.ts';
import { Ownership } from '../../../src/kafka/ownership.ts';
import type { Commit } from '../../../src/ports/recordReader.ts';
import { partitionOffsetsOf } from '../../support/kafka/partitionOffsetsOf.ts';

const offsets = partitionOffsetsOf();
const faultOf = (type: string, retriable = false): Error => Object.assign(new Error(type), { type, retriable });

const setUp = (partitions = ['0']) => {
  const ownership = new Ownership('earliest');
  const epochs = new Map(partitions.map((name) => [name, ownership.confirm(name, offsets).assignment.epoch]));
  const closing = new AbortController();
  const sent: string[] = [];
  const faults: (Error | undefined)[] = [];
  let onSend: () => void = () => undefined;
  const lane = new CommitLane({
    ownership,
    closing: closing.signal,
    send: async (commits) => {
      sent.push(commits.map(({ partition, nextSlot, map }) => `${partition}:${nextSlot}${map}`).join(' '));
      onSend();
      const fault = faults.shift();
      if (fault !== undefined) throw fault;
    },
  });
  const commitOf = (nextSlot: number, map = '', partition = '0'): Commit => ({
    ...{ partition, epoch: epochs.get(partition) ?? 0, nextSlot, map },
    ...{ position: undefined, nextPosition: undefined },
  });
  return { ownership, closing, sent, faults, lane, commitOf, whenSent: (listener: () => void) => (onSend = listener) };
};

describe('CommitLane', () => {
  it('sends one commit after another', async () => {
    const { lane, sent, commitOf } = setUp();
    await Promise.all([1, 2, 3].map((slot) => lane.commit([commitOf(slot)])));
    expect(sent).toEqual(['0:1', '0:2', '0:3']);
  });

  it('tries again what may pass, and goes on with the next after that', async () => {
    const { lane, sent, faults, commitOf } = setUp();
    faults.push(faultOf('COORDINATOR_LOAD', true), new TypeError('no'));
    const first = lane.commit([commitOf(1)]);
    await expect(first).rejects.toThrow('no');
    await lane.commit([commitOf(2)]);
    expect(sent).toEqual(['0:1', '0:1', '0:2']);
  });

  it('does not try again when the group was formed anew meanwhile', async () => {
    const { lane, sent, faults, commitOf, ownership, whenSent } = setUp();
    faults.push(faultOf('NOT_COORDINATOR_FOR_GROUP', true));
    whenSent(() => ownership.suspend([]));
    await lane.commit([commitOf(1)]);
    expect(sent).toEqual(['0:1']);
  });

  it.each(['REBALANCE_IN_PROGRESS', 'ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID'])(
    'after %s waits until it is known whether the partition is kept',
    async (type) => {
      const { lane, sent, faults, commitOf, ownership, whenSent } = setUp();
      faults.push(faultOf(type));
      let confirmed = false;
      whenSent(() => {
        setTimeout(() => ownership.suspend(['0']), 30);
        setTimeout(() => {
          confirmed = true;
          ownership.confirm('0', offsets);
        }, 60);
      });
      await lane.commit([commitOf(1)]);
      expect(confirmed).toBe(true);
      expect(sent).toEqual(['0:1']);
    },
  );

  it('commits again where another generation was spoken of, and the group was not formed anew', async () => {
    const { lane, sent, faults, commitOf } = setUp();
    faults.push(faultOf('REBALANCE_IN_PROGRESS'), faultOf('UNKNOWN_MEMBER_ID'));
    await lane.commit([commitOf(1, 'a')]);
    expect(sent).toEqual(['0:1a', '0:1a', '0:1a']);
  });

  it('leaves out partitions that are no longer ours', async () => {
    const { lane, sent, commitOf, ownership } = setUp(['0', '1']);
    const done = lane.commit([commitOf(1), commitOf(5, '', '1')]);
    ownership.suspend(['1']);
    ownership.confirm('1', offsets);
    await done;
    expect(sent).toEqual([]);
    const own = setUp(['0', '1']);
    own.ownership.suspend(['0', '1']);
    const again = own.ownership.confirm('1', offsets).assignment.epoch;
    const both = own.lane.commit([own.commitOf(1), { ...own.commitOf(5, '', '1'), epoch: again }]);
    setTimeout(() => own.ownership.clear(), 50);
    await both;
    expect(own.sent).toEqual(['1:5']);
  });

  it('commits without the map that is too long, and with the others', async () => {
    const { lane, sent, faults, commitOf } = setUp(['0', '1']);
    const tooLong = () => faultOf('OFFSET_METADATA_TOO_LARGE');
    faults.push(tooLong(), undefined, tooLong(), undefined);
    await lane.commit([commitOf(1, 'a'), commitOf(2, 'b', '1')]);
    expect(sent).toEqual(['0:1a 1:2b', '0:1a', '1:2b', '1:2']);
  });

  it('rejects with what the broker refuses for good', async () => {
    const { lane, faults, commitOf } = setUp();
    faults.push(faultOf('GROUP_AUTHORIZATION_FAILED'));
    await expect(lane.commit([commitOf(1)])).rejects.toThrow('GROUP_AUTHORIZATION_FAILED');
  });

  it('stops trying when the reader closes', async () => {
    const { lane, faults, commitOf, closing, whenSent } = setUp();
    faults.push(...Array.from({ length: 50 }, () => faultOf('NETWORK_EXCEPTION', true)));
    whenSent(() => closing.abort());
    await expect(lane.commit([commitOf(1)])).resolves.toBeUndefined();
    expect(faults).toHaveLength(49);
  });
});
