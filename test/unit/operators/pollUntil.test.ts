import { firstValueFrom, map, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { PollDeadlineError } from '../../../src/errors/pollDeadlineError.ts';
import { pollUntil } from '../../../src/operators/pollUntil.ts';
import { marbles } from '../../../src/testing.ts';

describe('pollUntil', () => {
  it('emits the first answer and asks no more', () => {
    marbles(({ cold, expectObservable }) => {
      const answers = [cold('-u|', { u: undefined }), cold('-u|', { u: undefined }), cold('-a|')];
      const result = pollUntil((attempt) => answers[attempt - 1] ?? cold('#'), { delayMs: () => 3, deadlineMs: 100 });
      expectObservable(result).toBe('         ---------(a|)'.trim());
    });
  });

  it('waits after an answer, never two probes at once', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const pending = cold('  --u|', { u: undefined });
      const answer = cold('   --a|');
      const first = '         ^--!';
      const second = '        ------^-!';
      const expected = '      --------(a|)';
      const result = pollUntil((attempt) => (attempt === 1 ? pending : answer), { delayMs: () => 4, deadlineMs: 100 });
      expectObservable(result).toBe(expected);
      expectSubscriptions(pending.subscriptions).toBe(first);
      expectSubscriptions(answer.subscriptions).toBe(second);
    });
  });

  it('asks the schedule for the wait after each attempt, counted from 1', () => {
    const asked: number[] = [];
    marbles(({ cold, expectObservable }) => {
      const delayMs = (attempt: number): number => {
        asked.push(attempt);
        return 10 * attempt;
      };
      const result = pollUntil((n) => (n < 4 ? cold('(u|)', { u: undefined }) : cold('(a|)')), {
        delayMs,
        deadlineMs: 100,
      });
      expectObservable(result).toBe('60ms (a|)');
    });
    expect(asked).toEqual([1, 2, 3]);
  });

  it('errors at the deadline and cancels the probe in the air', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const probe = cold<undefined>('         ----------');
      const expected = '                      -----#';
      const probeSubs = '                     ^----!';
      const result = pollUntil(() => probe, { delayMs: () => 3, deadlineMs: 5 });
      expectObservable(result).toBe(expected, {}, new PollDeadlineError(5));
      expectSubscriptions(probe.subscriptions).toBe(probeSubs);
    });
  });

  it('cancels the probe in the air on unsubscription', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const probe = cold<undefined>('----------');
      const unsub = '                ---!';
      const result = pollUntil(() => probe, { delayMs: () => 3, deadlineMs: 50 });
      expectObservable(result, unsub).toBe('----');
      expectSubscriptions(probe.subscriptions).toBe('^--!');
    });
  });

  it('has no deadline where that is later than a timer can wait', async () => {
    const probe = (attempt: number) => timer(5).pipe(map(() => (attempt < 4 ? undefined : attempt)));
    expect(await firstValueFrom(pollUntil(probe, { delayMs: () => 1, deadlineMs: 2 ** 31 }))).toBe(4);
  });

  it('passes an error of the probe on', () => {
    marbles(({ cold, expectObservable }) => {
      const result = pollUntil(() => cold<undefined>('--#'), { delayMs: () => 3, deadlineMs: 50 });
      expectObservable(result).toBe('--#');
    });
  });

  it('takes falsy answers other than undefined for answers', () => {
    marbles(({ cold, expectObservable }) => {
      const result = pollUntil(() => cold('-a|', { a: 0 }), { delayMs: () => 3, deadlineMs: 50 });
      expectObservable(result).toBe('-(a|)', { a: 0 });
    });
  });
});
