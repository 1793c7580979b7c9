import { describe, expect, it } from 'vitest';
import { FaultBoard } from '../../../src/local/sagemaker/faultBoard.ts';
import type { SagemakerFaults } from '../../../src/local/sagemaker/sagemakerFaults.ts';

function board(faults: SagemakerFaults, seed = 1, clock = { nowMs: 0 }): FaultBoard {
  const made = new FaultBoard({ seed, nowMs: () => clock.nowMs });
  made.set(faults);
  return made;
}
const many = <T>(draw: () => T): T[] => Array.from({ length: 2_000 }, draw);

describe('FaultBoard', () => {
  it('lets everything through until told otherwise', () => {
    const quiet = board({});
    expect(new Set(many(() => quiet.invokeFate()))).toEqual(new Set(['accept']));
    expect(new Set(many(() => quiet.containerFate()))).toEqual(new Set(['call']));
  });

  it('strikes the share it was given, the same calls for the same seed', () => {
    const faults = { invoke: { throttle: 0.25 } };
    const [one, same, other] = [1, 1, 2].map((seed) => board(faults, seed)).map((b) => many(() => b.invokeFate()));
    expect(one).toEqual(same);
    expect(one).not.toEqual(other);
    expect(one?.filter((fate) => fate === 'throttle').length).toBeGreaterThan(400);
    expect(one?.filter((fate) => fate === 'throttle').length).toBeLessThan(600);
  });

  it('throttles what comes above a rate, and lets through again with time', () => {
    const clock = { nowMs: 0 };
    const limited = board({ invoke: { throttleAbovePerSecond: 2 } }, 1, clock);
    expect([limited.invokeFate(), limited.invokeFate(), limited.invokeFate()]).toEqual([
      'accept',
      'accept',
      'throttle',
    ]);
    clock.nowMs = 500;
    expect([limited.invokeFate(), limited.invokeFate()]).toEqual(['accept', 'throttle']);
  });

  it('forgets everything when it is set anew', () => {
    const rewired = board({ invoke: { reset: 1 }, container: { serverError: 1 } });
    expect([rewired.invokeFate(), rewired.containerFate()]).toEqual(['reset', 'serverError']);
    rewired.set({});
    expect([rewired.invokeFate(), rewired.containerFate()]).toEqual(['accept', 'call']);
  });
});
