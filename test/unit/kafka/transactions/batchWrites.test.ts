import { expect, it } from 'vitest';
import { batchWrites } from '../../../../src/kafka/transactions/batchWrites.ts';
import { deliveryAt, outputTopic, writeOf } from './pendingWrites.ts';

it('sorts writes by topic and partition, each place in its order', () => {
  const [results, letters] = [outputTopic('results'), outputTopic('dead')];
  const writes = [0, 1, 0, 1, 0].map((partition, i) => writeOf(deliveryAt(i), { output: results, partition }));
  const letter = writeOf(deliveryAt(9), { output: letters });
  const batches = batchWrites([...writes.slice(0, 3), letter, ...writes.slice(3)]);
  expect(batches.map(({ output, partition, writes: own }) => [output.topic, partition, own])).toEqual([
    ['results', 0, [writes[0], writes[2], writes[4]]],
    ['results', 1, [writes[1], writes[3]]],
    ['dead', 0, [letter]],
  ]);
});

it('cuts what is too large for one request, and sends a larger record alone', () => {
  const output = outputTopic('out', 250);
  const writes = [100, 100, 100, 900, 100].map((bytes, i) => writeOf(deliveryAt(i), { output, bytes }));
  expect(batchWrites(writes).map((batch) => batch.writes.map(({ bytes }) => bytes))).toEqual([
    [100, 100],
    [100],
    [900],
    [100],
  ]);
});

it('sends no more than a thousand records at once', () => {
  const output = outputTopic('out', 1e9);
  const writes = Array.from({ length: 2_500 }, (_, i) => writeOf(deliveryAt(i), { output }));
  expect(batchWrites(writes).map((batch) => batch.writes.length)).toEqual([1_000, 1_000, 500]);
});
