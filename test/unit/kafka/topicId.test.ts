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

it('goes back when brokers tell nothing else any more', () => {
  const id = new TopicId();
  id.told('new');
  id.told('old');
  const answers = Array.from({ length: 30 }, () => id.told('new'));
  expect(answers[0]).toBe('old');
  expect(answers.at(-1)).toBe('new');
  const between = new TopicId();
  between.told('old');
  between.told('new');
  expect(Array.from({ length: 30 }, (_, i) => between.told(i % 5 === 4 ? 'new' : 'old'))).toEqual(
    Array(30).fill('new'),
  );
});

it('knows none while none is told, and keeps the one it knows', () => {
  const id = new TopicId();
  expect(id.told(undefined)).toBeUndefined();
  id.told('one');
  expect(id.told(undefined)).toBe('one');
});
