import { describe, expect, it } from 'vitest';
import { isVoid, selectWrites } from '../../../../src/kafka/transactions/selectWrites.ts';
import { BatchDelivery } from '../../../../src/tile/batchDelivery.ts';
import { FailedDelivery } from '../../../../src/tile/failedDelivery.ts';
import { SharedDelivery } from '../../../../src/tile/sharedDelivery.ts';
import { deliveryAt, writeOf } from './pendingWrites.ts';

describe('selectWrites', () => {
  it('takes the output of a delivery that was not split', () => {
    const write = writeOf(deliveryAt(1));
    expect(selectWrites([write])).toEqual([write]);
  });

  it('waits for all parts of a delivery, those of parts too', () => {
    const shared = new SharedDelivery(deliveryAt(1), 2);
    const [left, right] = [shared.part(), shared.part()];
    const halves = new SharedDelivery(right, 2);
    const writes = [left, halves.part(), halves.part()].map((part) => writeOf(part));
    const other = writeOf(deliveryAt(2));
    expect(selectWrites([...writes.slice(0, 2), other])).toEqual([other]);
    expect(selectWrites([...writes, other])).toEqual([...writes, other]);
  });

  it('does not wait for a part that is acknowledged without an output', () => {
    const shared = new SharedDelivery(deliveryAt(1), 3);
    const [first, second, third] = [shared.part(), shared.part(), shared.part()];
    const writes = [writeOf(first), writeOf(third)];
    expect(selectWrites(writes)).toEqual([]);
    second.ack();
    expect(selectWrites(writes)).toEqual(writes);
  });

  it('keeps what was gathered from several deliveries together with all that is made of them', () => {
    const [one, two, three] = [deliveryAt(1), deliveryAt(2), deliveryAt(3)];
    const shared = new SharedDelivery(one, 2);
    const [left, right] = [shared.part(), shared.part()];
    const batch = writeOf(new BatchDelivery([left, two]));
    const alone = writeOf(three);
    expect(selectWrites([batch, alone])).toEqual([alone]); // the right part of the first is on its way
    const rest = writeOf(right);
    expect(selectWrites([batch, alone, rest])).toEqual([batch, alone, rest]);
  });

  it('counts both parts of one delivery that a batch gathers', () => {
    const shared = new SharedDelivery(deliveryAt(1), 2);
    const batch = writeOf(new BatchDelivery([shared.part(), shared.part()]));
    expect(selectWrites([batch])).toEqual([batch]);
  });

  it('takes a dead letter although the delivery was split', () => {
    const whole = deliveryAt(1);
    const shared = new SharedDelivery(whole, 2);
    const [left, right] = [shared.part(), shared.part()];
    const late = writeOf(left);
    right.nack('broken');
    const letter = writeOf(new FailedDelivery(whole));
    expect([isVoid(late), isVoid(letter)]).toEqual([true, false]);
    expect(selectWrites([letter])).toEqual([letter]);
  });

  it('gives up the dead letter of a delivery that was abandoned', () => {
    const whole = deliveryAt(1);
    whole.nack('broken');
    const letter = writeOf(new FailedDelivery(whole));
    whole.abandon();
    expect(isVoid(letter)).toBe(true);
  });
});
