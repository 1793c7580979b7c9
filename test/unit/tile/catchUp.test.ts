import { describe, expect, it } from 'vitest';
import { CatchUp } from '../../../src/tile/catchUp.ts';

const setUp = () => {
  const told: boolean[] = [];
  const catchUp = new CatchUp((is) => told.push(is));
  return { told, catchUp };
};

describe('CatchUp', () => {
  it('is done at once where there is no partition, but not before the log said so', () => {
    const { told, catchUp } = setUp();
    catchUp.handedOver();
    expect(told).toEqual([]);
    catchUp.given(true);
    catchUp.handedOver();
    catchUp.handedOver();
    expect(told).toEqual([true]);
  });

  it('is done when each partition was read up to its end, and all of that was handed over', () => {
    const { told, catchUp } = setUp();
    catchUp.expect('0', 5, 10);
    catchUp.expect('1', 7, 7);
    catchUp.given(true);
    expect(catchUp.reached('0', 9)).toBe(false);
    catchUp.handedOver();
    expect(catchUp.reached('0', 10)).toBe(true);
    expect(told).toEqual([]);
    catchUp.handedOver();
    expect(told).toEqual([true]);
  });

  it('waits for no partition that was taken away', () => {
    const { told, catchUp } = setUp();
    catchUp.expect('0', 0, 1);
    catchUp.given(true);
    catchUp.forget('0');
    catchUp.handedOver();
    expect(told).toEqual([true]);
  });

  it('takes it back for another partition, and when partitions are given out anew', () => {
    const { told, catchUp } = setUp();
    catchUp.given(true);
    catchUp.handedOver();
    catchUp.expect('0', 0, 1);
    catchUp.reached('0', 1);
    catchUp.handedOver();
    catchUp.begin();
    expect(told).toEqual([true, false, true, false]);
  });
});
