import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { backoffOptions } from '../../../src/config/backoffOptions.ts';
import { checkConfig } from '../../../src/config/checkConfig.ts';
import { decodeOptions } from '../../../src/config/decodeOptions.ts';
import { nearestName } from '../../../src/config/nearestName.ts';
import { pollOptions } from '../../../src/config/pollOptions.ts';

describe('options given in code', () => {
  it('get their defaults', () => {
    expect(checkConfig(backoffOptions, { factor: 3 })).toEqual({ initialMs: 500, maxMs: 15_000, factor: 3 });
    expect(checkConfig(pollOptions, {})).toEqual({ intervalMs: 1000, multiplier: 1.5, maxIntervalMs: 15_000 });
    expect(checkConfig(decodeOptions, {}).maxRecordBytes).toBe(16 * 1024 * 1024);
  });

  it('are refused in the words of the loader, under the path of the caller', () => {
    expect(() => checkConfig(backoffOptions, { factr: 3, maxMs: 'x' }, 'retry')).toThrow(
      'retry.maxMs: must be a whole number from 1 to 2147483647, got "x"\nretry.factr: is unknown; did you mean factor?',
    );
    expect(() => checkConfig(pollOptions, { intervalMs: 20_000 })).toThrow(
      'maxIntervalMs: must be at least intervalMs',
    );
    expect(() => checkConfig(backoffOptions, 5, 'retry')).toThrow('retry: must be a section with options, got 5');
    expect(() => checkConfig(backoffOptions, undefined)).toThrow('configuration: is required');
  });

  it('may be functions and instances, which are never shown', () => {
    const schema = z.strictObject({ now: z.custom<() => number>((value) => typeof value === 'function') });
    expect(() => checkConfig(schema, { now: { a: 1 } })).toThrow(/^now: must be something else$/);
  });
});

it('finds the name that was meant', () => {
  const known = ['maxInFlight', 'order', 'topic'];
  const meant = (name: string) => nearestName(name, known);
  expect(['maxinflight', 'ordre', 'topics', 'max_in_flight'].map(meant)).toEqual([
    'maxInFlight',
    'order',
    'topic',
    'maxInFlight',
  ]);
  expect(['x', 'colour', ''].map(meant)).toEqual([undefined, undefined, undefined]);
});
