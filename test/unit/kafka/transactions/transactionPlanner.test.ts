import { ROOT_CONTEXT } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { TransactionPlanner } from '../../../../src/kafka/transactions/transactionPlanner.ts';
import type { Commit } from '../../../../src/ports/recordReader.ts';
import { DeliveryLedger } from '../../../../src/tile/deliveryLedger.ts';
import { decodeOffsetMap } from '../../../../src/tile/offsetMap.ts';
import type { TrackedDelivery } from '../../../../src/tile/trackedDelivery.ts';
import { writeOf } from './pendingWrites.ts';

/** A ledger with so many records of one partition in flight, and a planner of its transactions. */
function start(count: number) {
  const ledger = new DeliveryLedger<string>({
    stream: 'tiles',
    maxInFlight: 1_000,
    maxInFlightBytes: 1_000,
    onNack: () => undefined,
  });
  const partition = ledger.assign('0', 1);
  const deliveries = Array.from({ length: count }, (_, slot) => {
    const record = { position: String(slot), slot, bytes: 1, value: 'record' };
    return ledger.open(partition, record, () => ({ context: ROOT_CONTEXT, openedMs: 0 })) as TrackedDelivery<string>;
  });
  const state = { counts: true, epoch: 1 };
  const planner = new TransactionPlanner({
    progressAfter: (finishing) => ledger.held('0')?.progressAfter(finishing),
    counts: () => state.counts,
    ended: ({ epoch }) => epoch !== state.epoch,
  });
  const takeCommit = (): Commit => ledger.takeCommits()[0] as Commit;
  return { ledger, deliveries, planner, state, takeCommit };
}
const at = (deliveries: TrackedDelivery<string>[], slot: number) => deliveries[slot] as TrackedDelivery<string>;
const progressOf = ({ nextSlot, map }: Pick<Commit, 'nextSlot' | 'map'>) => [nextSlot, decodeOffsetMap(map)?.finished];

describe('TransactionPlanner', () => {
  it('commits outputs with the progress as it is once they are finished', () => {
    const { deliveries, planner } = start(4);
    for (const slot of [0, 2]) planner.add(writeOf(at(deliveries, slot)));
    const plan = planner.plan();
    expect(plan?.writes).toHaveLength(2);
    expect(progressOf(plan?.progress as Commit)).toEqual([1, [1]]);
  });

  it('takes what is committed for finished before it is acknowledged', () => {
    const { deliveries, planner } = start(4);
    planner.add(writeOf(at(deliveries, 2)));
    const first = planner.plan();
    if (first !== undefined) planner.committed(first);
    planner.add(writeOf(at(deliveries, 3)));
    expect(progressOf(planner.plan()?.progress as Commit)).toEqual([0, [2, 3]]);
  });

  it('makes no transaction for progress that was committed with outputs', async () => {
    const { deliveries, planner, takeCommit } = start(2);
    const write = writeOf(at(deliveries, 0));
    planner.add(write);
    const plan = planner.plan();
    if (plan !== undefined) planner.committed(plan);
    expect(write.outcome()).toBe('written');
    at(deliveries, 0).ack();
    const asked = planner.ask(takeCommit());
    expect(planner.plan()).toBeUndefined();
    await expect(asked).resolves.toBeUndefined();
  });

  it('commits progress without outputs, alone or with the next outputs', () => {
    const { deliveries, planner, takeCommit } = start(3);
    at(deliveries, 0).ack();
    void planner.ask(takeCommit());
    const alone = planner.plan();
    expect([alone?.writes.length, progressOf(alone?.progress as Commit)]).toEqual([0, [1, []]]);
    if (alone !== undefined) planner.committed(alone);
    at(deliveries, 1).ack();
    void planner.ask(takeCommit());
    planner.add(writeOf(at(deliveries, 2)));
    const both = planner.plan();
    expect([both?.writes.length, both?.commits.length, progressOf(both?.progress as Commit)]).toEqual([1, 1, [3, []]]);
  });

  it('never goes back to progress that was asked for before a transaction and waited for it', () => {
    const { deliveries, planner, takeCommit } = start(3);
    planner.add(writeOf(at(deliveries, 2)));
    const plan = planner.plan();
    at(deliveries, 0).ack();
    void planner.ask(takeCommit()); // while the transaction runs: does not know of slot 2
    if (plan !== undefined) planner.committed(plan);
    expect(progressOf(planner.plan()?.progress as Commit)).toEqual([1, [1]]);
  });

  it.each([
    ['its prefix', [0, 1], 2],
    ['its map', [2], 0],
  ])(
    'does not take back the progress of a transaction (%s) when the source was closed meanwhile',
    async (_, slots, acked) => {
      const { ledger, deliveries, planner, takeCommit } = start(3);
      for (const slot of slots) planner.add(writeOf(at(deliveries, slot)));
      const plan = planner.plan();
      at(deliveries, acked).ack();
      const asked = planner.ask(takeCommit()); // while the transaction runs
      if (plan !== undefined) planner.committed(plan);
      ledger.close();
      expect(planner.plan()).toBeUndefined();
      await expect(asked).resolves.toBeUndefined();
    },
  );

  it('keeps the mark of a source’s last commit', () => {
    const { deliveries, planner, takeCommit } = start(1);
    planner.add(writeOf(at(deliveries, 0)));
    const plan = planner.plan();
    if (plan !== undefined) planner.committed(plan);
    at(deliveries, 0).ack();
    const last = { ...takeCommit(), map: 'says that nothing follows' };
    void planner.ask(last);
    expect(planner.plan()?.progress).toBe(last);
  });

  it('holds everything while its epoch does not count', () => {
    const { deliveries, planner, state } = start(1);
    const write = writeOf(at(deliveries, 0));
    planner.add(write);
    state.counts = false;
    expect(planner.plan()).toBeUndefined();
    expect(write.outcome()).toBeUndefined();
    state.counts = true;
    expect(planner.plan()?.writes).toEqual([write]);
  });

  it('lets go of a commit under an epoch that has ended, for the source to ask again', async () => {
    const { deliveries, planner, takeCommit, state } = start(1);
    at(deliveries, 0).ack();
    const asked = planner.ask(takeCommit());
    state.epoch = 2;
    expect(planner.plan()).toBeUndefined();
    await expect(asked).resolves.toBeUndefined();
  });

  it('fails writes that were refused, and tries the others again', () => {
    const { deliveries, planner } = start(2);
    const writes = [0, 1].map((slot) => writeOf(at(deliveries, slot)));
    for (const write of writes) planner.add(write);
    const plan = planner.plan();
    const [refused] = writes;
    if (plan !== undefined && refused !== undefined) planner.putBack(plan, [{ write: refused, reason: 'too large' }]);
    expect(writes.map((write) => write.outcome())).toEqual(['too large', undefined]);
    const again = planner.plan();
    expect([again?.writes, progressOf(again?.progress as Commit)]).toEqual([[writes[1]], [0, [1]]]);
  });

  it('fails the writes of deliveries that failed or were abandoned meanwhile', () => {
    const { ledger, deliveries, planner } = start(2);
    const writes = [0, 1].map((slot) => writeOf(at(deliveries, slot)));
    for (const write of writes) planner.add(write);
    at(deliveries, 0).nack('elsewhere');
    expect(planner.plan()?.writes).toEqual([writes[1]]);
    expect(writes[0]?.outcome()).toMatchObject({ code: 'WRITE_ABANDONED' });
    const late = writeOf(at(deliveries, 1));
    planner.add(late);
    ledger.revoke('0');
    expect(planner.plan()).toBeUndefined();
    expect(late.outcome()).toMatchObject({ code: 'WRITE_ABANDONED' });
  });

  it('lets go of all that waits when the partition is gone', async () => {
    const { deliveries, planner, takeCommit } = start(2);
    const write = writeOf(at(deliveries, 0));
    planner.add(write);
    at(deliveries, 1).ack();
    const asked = planner.ask(takeCommit());
    planner.reset();
    expect(write.outcome()).toMatchObject({ code: 'WRITE_ABANDONED' });
    await expect(asked).resolves.toBeUndefined();
  });
});
