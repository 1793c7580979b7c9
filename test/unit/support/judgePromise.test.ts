import { expect, it } from 'vitest';
import { judgePromise } from '../../bench/judgePromise.ts';

it.each([
  [{ of: 'speed', measured: 0.8, least: 0.8 }, true, 'promise kept: speed is 0.8, at least 0.8 was promised'],
  [{ of: 'speed', measured: 0.7996, least: 0.8 }, false, 'promise broken: speed is 0.7996, at least 0.8 was promised'],
  [{ of: 'memory', measured: 1.25, most: 1.25 }, true, 'promise kept: memory is 1.25, at most 1.25 was promised'],
  [{ of: 'memory', measured: 1.3, most: 1.25 }, false, 'promise broken: memory is 1.3, at most 1.25 was promised'],
])('says of %j whether it is kept: %s', (promise, kept, words) => {
  expect(judgePromise(promise)).toEqual({ kept, words });
});

it('takes no promise for kept whose number was not measured', () => {
  expect(judgePromise({ of: 'speed', measured: Number.NaN, least: 0.8 }).kept).toBe(false);
  expect(judgePromise({ of: 'memory', measured: Number.NaN, most: 1.25 }).kept).toBe(false);
});
