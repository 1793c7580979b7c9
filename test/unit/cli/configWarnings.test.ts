import { expect, it } from 'vitest';
import { configWarnings } from '../../../src/cli/run/configWarnings.ts';

const withRedelivery = (maxAttempts: number, drainMs = 30_000, maxMs = 60_000) => ({
  drainMs,
  redelivery: { maxAttempts, backoff: { initialMs: 500, maxMs, factor: 2 } },
});

it('warns of a delay before a redelivery that a drain does not wait for', () => {
  expect(configWarnings(withRedelivery(20))).toEqual([
    'a tile may wait 60000 ms for its next delivery (redelivery.backoff.maxMs), longer than the 30000 ms of drainMs: a drain may give up before',
  ]);
});

it.each([
  ['no delivery comes again', withRedelivery(1)],
  ['the delays do not grow so far', withRedelivery(3)],
  ['the drain is longer', withRedelivery(20, 60_000)],
  ['there is no redelivery', { drainMs: 1 }],
  ['there are no options', undefined],
])('says nothing where %s', (_, config) => expect(configWarnings(config)).toEqual([]));
