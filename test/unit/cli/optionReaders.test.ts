import { InvalidArgumentError } from 'commander';
import { describe, expect, it } from 'vitest';
import { optionReaders } from '../../../src/cli/optionReaders.ts';

describe('the readers of options', () => {
  it.each([
    ['127.0.0.1:9464', { host: '127.0.0.1', port: 9464 }],
    ['9464', { host: '127.0.0.1', port: 9464 }],
    [':0', { host: '127.0.0.1', port: 0 }],
    ['[::1]:80', { host: '::1', port: 80 }],
    ['example.org:65535', { host: 'example.org', port: 65_535 }],
  ])('read an address: %s', (text, address) => expect(optionReaders.address(text)).toEqual(address));

  it.each([
    ['address', ['', 'host', 'host:', 'a b:1', 'http://x:1', 'x:65536', 'x:-1']],
    ['port', ['', '-1', '65536', '1.5', 'x', '0x10']],
    ['count', ['', '0', '-1', '1.5', 'x', '1e3', '99999999999999999999']],
    ['name', ['', ' ']],
    ['table', ['', 'ab', 'a b', 'é'.repeat(5), 'x'.repeat(256)]],
    ['natural', ['', '-1', '1.5', 'x']],
    ['positive', ['', ' ', '0', '-1', 'x', 'Infinity', 'NaN']],
    ['nonNegative', ['', ' ', '-0.1', 'x', 'Infinity']],
  ] as const)('refuse what is none: %s', (name, texts) => {
    for (const text of texts) expect(() => optionReaders[name](text), text).toThrow(InvalidArgumentError);
  });

  it('read numbers', () => {
    expect([optionReaders.port('0'), optionReaders.count('1'), optionReaders.natural('0')]).toEqual([0, 1, 0]);
    expect([optionReaders.positive('0.5'), optionReaders.nonNegative('0')]).toEqual([0.5, 0]);
  });

  it('gather what is repeated', () => {
    expect(optionReaders.collect('b', optionReaders.collect('a'))).toEqual(['a', 'b']);
  });
});
