import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Ownership } from '../../../src/kafka/ownership.ts';
import type { PartitionOffsets } from '../../../src/kafka/partitionOffsets.ts';
import type { Commit } from '../../../src/ports/recordReader.ts';
import { partitionOffsetsOf } from '../../support/kafka/partitionOffsetsOf.ts';

const commitOf = (epoch: number, nextSlot: number, map = ''): Commit => ({
  ...{ partition: '0', epoch, nextSlot, map },
  ...{ position: undefined, nextPosition: undefined },
});

describe('Ownership', () => {
  it('starts where the commit stands, else where it is told to', () => {
    const earliest = new Ownership('earliest');
    expect(earliest.confirm('0', partitionOffsetsOf({ committed: 7, map: 'map' }))).toEqual({
      assignment: { partition: '0', epoch: 1, progress: { nextSlot: 7, map: 'map' } },
      kept: false,
      start: 7,
      missed: 0,
      anew: false,
    });
    expect(earliest.confirm('1', partitionOffsetsOf({ low: 3 }))).toMatchObject({
      start: 3,
      assignment: { progress: undefined },
    });
    expect(new Ownership('latest').confirm('0', partitionOffsetsOf())).toMatchObject({ start: 100 });
  });

  it('asks for a commit where it begins at the end, so that it begins there the next time, and at none that has a commit', () => {
    const latest = new Ownership('latest');
    expect(latest.confirm('0', partitionOffsetsOf()).assignment).toMatchObject({ progress: undefined, begin: 100 });
    expect(latest.confirm('1', partitionOffsetsOf({ committed: 7 })).assignment).not.toHaveProperty('begin');
    expect(new Ownership('earliest').confirm('0', partitionOffsetsOf()).assignment).not.toHaveProperty('begin');
  });

  it('reads a partition that was added meanwhile from its oldest record', () => {
    const latest = new Ownership('latest');
    expect(latest.confirm('1', partitionOffsetsOf({ added: true, low: 2 }))).toMatchObject({
      start: 2,
      assignment: { begin: 2 },
    });
  });

  it('goes on from a commit above the oldest open transaction', () => {
    const own = new Ownership('earliest');
    for (const log of [undefined, 'id']) {
      const above = own.confirm('0', partitionOffsetsOf({ committed: 120, map: 'map', high: 100, end: 130, log }));
      expect(above).toMatchObject({ start: 120, anew: false, assignment: { progress: { nextSlot: 120, map: 'map' } } });
      own.clear();
    }
  });

  it('counts commits of the newest epoch alone, and of none while the group is formed', () => {
    const own = new Ownership('earliest');
    const { epoch } = own.confirm('0', partitionOffsetsOf()).assignment;
    expect(own.counts({ partition: '0', epoch })).toBe(true);
    expect(own.counts({ partition: '0', epoch: epoch + 1 })).toBe(false);
    expect(own.counts({ partition: '1', epoch })).toBe(false);
    expect(own.suspend(['0'])).toEqual([]);
    expect(own.counts({ partition: '0', epoch })).toBe(false);
    const next = own.confirm('0', partitionOffsetsOf());
    expect(next.kept).toBe(true);
    expect(own.counts({ partition: '0', epoch })).toBe(false);
    expect(own.counts({ partition: '0', epoch: next.assignment.epoch })).toBe(true);
  });

  it('names what is lost, and does not keep it when it comes back', () => {
    const own = new Ownership('earliest');
    own.confirm('0', partitionOffsetsOf());
    own.confirm('1', partitionOffsetsOf());
    expect(own.suspend(['1'])).toEqual(['0']);
    expect(own.holds('0')).toBe(false);
    own.suspend(['0', '1']);
    expect(own.confirm('0', partitionOffsetsOf()).kept).toBe(false);
    expect(own.clear().toSorted()).toEqual(['0', '1']);
  });

  it('keeps work only on top of its own commits, confirmed or in doubt', () => {
    const own = new Ownership('earliest');
    let { epoch } = own.confirm('0', partitionOffsetsOf({ committed: 5, map: 'a' })).assignment;
    const rejoin = (committed: number, map: string): boolean => {
      own.suspend(['0']);
      const { kept, assignment } = own.confirm('0', partitionOffsetsOf({ committed, map }));
      epoch = assignment.epoch;
      return kept;
    };
    expect(rejoin(5, 'a')).toBe(true);
    own.committing(commitOf(epoch, 8, 'b'));
    expect(rejoin(5, 'a')).toBe(true); // the commit did not arrive
    own.committing(commitOf(epoch, 8, 'b'));
    expect(rejoin(8, 'b')).toBe(true); // it did, the answer got lost
    own.committing(commitOf(epoch, 9, 'c'));
    own.committed(commitOf(epoch, 9, 'c'));
    expect(rejoin(8, 'b')).toBe(false); // someone set it back
    expect(rejoin(8, 'other map')).toBe(false);
  });

  it('forgets a commit that did not count, however often it was tried', () => {
    const rejoin = (committed: number, map: string): boolean => {
      const own = new Ownership('earliest');
      const { epoch } = own.confirm('0', partitionOffsetsOf({ committed: 5, map: 'a' })).assignment;
      for (let attempt = 0; attempt < 3; attempt++) own.committing(commitOf(epoch, 8, 'b'));
      own.retract(commitOf(epoch, 8, 'b'));
      own.retract(commitOf(epoch, 5, 'a')); // it stands in the log, and was never on its way
      own.suspend(['0']);
      return own.confirm('0', partitionOffsetsOf({ committed, map })).kept;
    };
    expect(rejoin(8, 'b')).toBe(false);
    expect(rejoin(5, 'a')).toBe(true);
  });

  it('keeps work on top of its last commit and of those in doubt, and of nothing else', () => {
    const state = fc.record({ nextSlot: fc.nat({ max: 3 }), map: fc.constantFrom('', 'a', 'b') });
    const attempts = fc.array(fc.record({ state, outcome: fc.constantFrom('counted', 'not') }), { maxLength: 12 });
    const doubts = fc.array(state, { maxLength: 3 });
    const nameOf = ({ nextSlot, map }: Pick<Commit, 'nextSlot' | 'map'>): string => `${nextSlot}/${map}`;
    fc.assert(
      fc.property(attempts, doubts, state, (told, inDoubt, found) => {
        const own = new Ownership('earliest');
        const { epoch } = own.confirm('0', partitionOffsetsOf({ committed: 0 })).assignment;
        let last = nameOf({ nextSlot: 0, map: '' });
        for (const { state: next, outcome } of told) {
          const commit = commitOf(epoch, next.nextSlot, next.map);
          own.committing(commit);
          if (outcome === 'not') own.retract(commit);
          else {
            own.committed(commit);
            last = nameOf(next);
          }
        }
        for (const { nextSlot, map } of inDoubt) own.committing(commitOf(epoch, nextSlot, map));
        own.suspend(['0']);
        const { kept } = own.confirm('0', partitionOffsetsOf({ committed: found.nextSlot, map: found.map }));
        expect(kept).toBe([last, ...inDoubt.map(nameOf)].includes(nameOf(found)));
      }),
    );
  });

  it('goes on from its last commit when the client wiped it, and never starts at the end then', () => {
    const own = new Ownership('latest');
    const { epoch } = own.confirm('0', partitionOffsetsOf({ committed: 5 })).assignment;
    own.committing(commitOf(epoch, 8));
    own.committed(commitOf(epoch, 8));
    own.suspend(['0']);
    expect(own.confirm('0', partitionOffsetsOf({ wiped: true, low: 6 }))).toMatchObject({
      kept: true,
      start: 8,
      missed: 0,
    });
    expect(own.confirm('1', partitionOffsetsOf({ wiped: true, low: 6 }))).toMatchObject({ kept: false, start: 6 });
  });

  it('says how many records were deleted before they were read', () => {
    const own = new Ownership('earliest');
    expect(own.confirm('0', partitionOffsetsOf({ committed: 5, low: 9 }))).toMatchObject({ start: 9, missed: 4 });
  });

  it('reads a topic that was made anew from its start', () => {
    const own = new Ownership('latest');
    own.confirm('0', partitionOffsetsOf({ committed: 50 }));
    own.suspend(['0']);
    const again = own.confirm('0', partitionOffsetsOf({ committed: 50, map: 'map', high: 3, end: 3 }));
    expect(again).toMatchObject({ kept: false, start: 0, assignment: { progress: undefined } });
  });

  describe('where brokers tell the ids of topics', () => {
    const rejoined = (before: Partial<PartitionOffsets>, after: Partial<PartitionOffsets>) => {
      const own = new Ownership('latest');
      own.confirm('0', partitionOffsetsOf({ log: 'old', committed: 50, map: 'map', committedTo: 'old', ...before }));
      own.suspend(['0']);
      return own.confirm('0', partitionOffsetsOf({ log: 'old', ...after }));
    };

    it('reads a topic that was made anew from its start, however long it is, and whatever was committed to the old one', () => {
      const anew = { kept: false, start: 2, anew: true, assignment: { progress: undefined } };
      for (const committed of [undefined, 3, 50, 60]) {
        const left = committed === undefined ? {} : { committed, map: 'map', committedTo: 'old' };
        expect(rejoined({}, { log: 'new', low: 2, ...left })).toMatchObject(anew);
      }
    });

    it('reads a topic that was made anew from its start where nothing is held of the old one any more', () => {
      const own = new Ownership('latest');
      expect(own.confirm('0', partitionOffsetsOf({ log: 'old' }))).toMatchObject({ start: 100 });
      expect(own.confirm('1', partitionOffsetsOf({ log: 'old' }))).toMatchObject({ start: 100 });
      own.clear();
      expect(own.confirm('0', partitionOffsetsOf({ log: 'new', low: 2 }))).toMatchObject({ start: 2 });
      expect(own.confirm('1', partitionOffsetsOf({ log: 'new' }))).toMatchObject({ start: 0 });
      expect(own.confirm('2', partitionOffsetsOf({ log: 'new', committed: 7 }))).toMatchObject({ start: 7 });
    });

    it('goes on at the end of a log that lost its newest records, and of one whose commit was put beyond it', () => {
      for (const committedTo of ['old', undefined]) {
        const cut = rejoined({}, { committed: 50, map: 'map', committedTo, high: 40, end: 40 });
        const goesOn = { kept: false, start: 40, missed: 0, anew: false };
        expect(cut).toMatchObject({ ...goesOn, assignment: { progress: { nextSlot: 40, map: '' } } });
      }
    });

    it('goes on in a new topic from what was committed to it since', () => {
      const since = { log: 'new', committed: 7, map: 'other' };
      const goesOn = { kept: false, start: 7, assignment: { progress: { nextSlot: 7, map: 'other' } } };
      expect(rejoined({}, { ...since, committedTo: 'new' })).toMatchObject({ ...goesOn, anew: true });
      expect(rejoined({}, since)).toMatchObject(goesOn); // set by hand
    });

    it('keeps its work when the commit of the same topic is gone, which says nothing of the topic then', () => {
      expect(rejoined({}, {})).toMatchObject({ kept: true, start: 50, anew: false });
    });

    it('keeps its work in a topic that was made anew until its first commit there: what was committed to the old one still stands', () => {
      const own = new Ownership('earliest');
      own.confirm('0', partitionOffsetsOf({ log: 'old', committed: 50 }));
      const after = partitionOffsetsOf({ log: 'new', low: 2, committed: 60, map: 'map', committedTo: 'old' });
      const taken = own.confirm('0', after);
      expect(taken).toMatchObject({ kept: false, start: 2, anew: true });
      own.committing(commitOf(taken.assignment.epoch, 9, 'doubt'));
      own.suspend(['0']);
      const again = own.confirm('0', { ...after, low: 3 });
      expect(again).toMatchObject({
        kept: true,
        start: 3,
        missed: 1,
        anew: false,
        assignment: { progress: undefined },
      });
      own.suspend(['0']);
      const counted = own.confirm('0', { ...after, committed: 9, map: 'doubt', committedTo: 'new' });
      expect(counted).toMatchObject({ kept: true, start: 9, anew: false });
    });

    it('trusts a commit that does not say where it was made, and all commits where no id is told', () => {
      expect(rejoined({ committedTo: undefined }, { committed: 50, map: 'map' })).toMatchObject({ kept: true });
      const silent = { log: undefined, committed: 50, map: 'map', committedTo: 'old' };
      expect(rejoined(silent, silent)).toMatchObject({ kept: true, start: 50 });
    });
  });
});
