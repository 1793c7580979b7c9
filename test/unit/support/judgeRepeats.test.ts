import { describe, expect, it } from 'vitest';
import type { DeliveryEvent } from '../../support/chaos/deliveryEvent.ts';
import { judgeRepeats, type ProcessLog } from '../../support/checker/judgeRepeats.ts';

const session = 1;
const died: readonly DeliveryEvent[] = [
  { opened: 2, session, position: '0/0' },
  { opened: 3, session, position: '0/1' },
  { opened: 4, session, position: '0/2' },
  { writing: 2, atMs: 10 },
  { finished: 2, atMs: 20 },
  { confirmed: session, after: 1 },
  { writing: 3, atMs: 30 },
  { finished: 3, atMs: 40 },
];

const logOf = (events: readonly DeliveryEvent[]): ProcessLog => ({ events, endedMs: 50 });

describe('the checker of repeats', () => {
  it('expects again what was in flight, and what was finished since the last confirmed commit', () => {
    expect(judgeRepeats({ logs: [logOf(died)], repeatedPositions: ['0/1', '0/2'] })).toEqual({
      uncommitted: 2,
      doubtful: 0,
      unexplained: [],
    });
  });

  it('names what a confirmed commit had told finished, and what came more often than it was left', () => {
    expect(judgeRepeats({ logs: [logOf(died)], repeatedPositions: ['0/0', '0/1', '0/1', '7/7'] }).unexplained).toEqual([
      '0/0',
      '0/1',
      '7/7',
    ]);
    expect(judgeRepeats({ logs: [logOf(died), logOf(died)], repeatedPositions: ['0/1', '0/1'] }).unexplained).toEqual(
      [],
    );
  });

  it('takes a commit for what was finished when it was asked for, in its session alone', () => {
    const late: DeliveryEvent[] = [...died, { confirmed: session, after: 1 }];
    expect(judgeRepeats({ logs: [logOf(late)], repeatedPositions: ['0/1'] }).unexplained).toEqual([]);
    const other: DeliveryEvent[] = [...died, { confirmed: 9, after: 2 }];
    expect(judgeRepeats({ logs: [logOf(other)], repeatedPositions: ['0/1'] }).unexplained).toEqual([]);
    const told: DeliveryEvent[] = [...died, { confirmed: session, after: 2 }];
    expect(judgeRepeats({ logs: [logOf(told)], repeatedPositions: ['0/1'] }).unexplained).toEqual(['0/1']);
  });

  it('doubts writes that were on their way while brokers were harmed', () => {
    const during = (fromMs: number, toMs: number) =>
      judgeRepeats({ logs: [logOf(died)], repeatedPositions: ['0/0'], outages: [{ fromMs, toMs }] });
    expect(during(15, 16)).toEqual({ uncommitted: 2, doubtful: 1, unexplained: [] });
    expect(during(21, 29)).toEqual({ uncommitted: 2, doubtful: 0, unexplained: ['0/0'] });
    expect(during(0, 100).doubtful).toBe(2);
  });

  it('takes a write that never ended for one that ended with its process', () => {
    const writing: DeliveryEvent[] = [...died, { writing: 4, atMs: 45 }];
    const during = (fromMs: number, toMs: number): number =>
      judgeRepeats({ logs: [logOf(writing)], repeatedPositions: [], outages: [{ fromMs, toMs }] }).doubtful;
    expect([during(49, 60), during(51, 60)]).toEqual([1, 0]);
  });
});
