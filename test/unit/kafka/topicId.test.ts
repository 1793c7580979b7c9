import { expect, it } from 'vitest';
import { TopicId } from '../../../src/kafka/topicId.ts';

it('takes a new id at once, and an old one for an answer that is late', () => {
  const id = new TopicId();
  expect(['old', 'old', 'new', 'old', 'new', 'old', 'old', 'new'].map((told) => id.told(told))).toEqual([
    'old',
    'old',
    ...Array(6).fill('new'),
  ]);
  expect(id.told('newer')).toBe('newer');
  expect(id.told('new')).toBe('newer');
});

it('goes back when brokers tell nothing else any more, for long', () => {
  let nowMs = 0;
  const answersOf = (id: TopicId, everyMs: number, told: (i: number) => string): (string | undefined)[] =>
    Array.from({ length: 30 }, (_, i) => {
      nowMs += everyMs;
      return id.told(told(i));
    });
  const left = (): TopicId => {
    const id = new TopicId(() => nowMs);
    id.told('left');
    id.told('current');
    return id;
  };
  const answers = answersOf(left(), 10_000, () => 'left');
  expect([answers[0], answers.at(-1)]).toEqual(['current', 'left']);
  const current = Array(30).fill('current');
  expect(answersOf(left(), 10_000, (i) => (i % 5 === 4 ? 'current' : 'left'))).toEqual(current);
  expect(answersOf(left(), 250, () => 'left')).toEqual(current); // one late broker, asked often
  const [first, second] = answersOf(left(), 200_000, () => 'left'); // as after a machine that slept
  expect([first, second]).toEqual(['current', 'current']);
});

it('knows none while none is told, and keeps the one it knows', () => {
  const id = new TopicId();
  expect(id.told(undefined)).toBeUndefined();
  id.told('one');
  expect(id.told(undefined)).toBe('one');
});
