import { expect, it } from 'vitest';
import { describeList } from '../../../../src/cli/dlq/describeList.ts';
import type { FoundLetter } from '../../../../src/cli/dlq/foundLetter.ts';
import { PartsOfLetters } from '../../../../src/cli/dlq/partsOfLetters.ts';
import { printableBytes } from '../../../../src/cli/dlq/printableBytes.ts';
import { readWhere } from '../../../../src/cli/dlq/readWhere.ts';
import { tileIdOf } from '../../../../src/cli/dlq/tileIdOf.ts';
import { readAddress } from '../../../../src/cli/publish/readAddress.ts';
import type { DeadLetter } from '../../../../src/records/deadLetter.ts';

const letter: DeadLetter = {
  code: 'RECORD_EMPTY',
  message: 'value must not be empty',
  stage: 'decode',
  attempts: 1,
  origin: { stream: 'tiles', partition: '3', position: '42' },
  timeMs: 0,
  original: { key: null, value: Buffer.from('{"id":"a"}'), headers: [] },
};
const found: FoundLetter = {
  partition: '0',
  positions: ['7'],
  letter,
  id: 'a',
  late: false,
  replayed: false,
  replays: 0,
  carrier: undefined,
};

it.each([
  [[], true],
  [['code=RECORD_EMPTY'], true],
  [['code=RECORD_EMPTY', 'stage=infer'], false],
  [['code=OTHER', 'code=RECORD_EMPTY', 'stage=decode'], true],
  [['origin=tiles'], true],
  [['origin=tiles/3'], true],
  [['origin=tiles/3/42'], true],
  [['origin=tiles/3/4'], false],
  [['origin=tile'], false],
  [['id=a'], true],
  [['id=b'], false],
])('filters by %j: %s', (pairs, wanted) => expect(readWhere(pairs)(found)).toBe(wanted));

it.each([
  ['colour=red', '--where: knows only code, stage, origin, id, got "colour=red"'],
  ['toString=1', '--where: knows only code, stage, origin, id, got "toString=1"'],
  ['code', '--where: must be key=value, got "code"'],
  ['code=', '--where: must be key=value, got "code="'],
])('refuses the filter %s', (pair, message) => expect(() => readWhere([pair])).toThrow(message));

it('reads addresses, and names the field of what is none', () => {
  expect(readAddress('kafka://a:1,b:2/tiles.dead', 'FROM')).toEqual({
    kind: 'kafka',
    connection: { brokers: ['a:1', 'b:2'] },
    stream: 'tiles.dead',
  });
  const secure = { brokers: ['c:3'], ssl: true };
  expect(readAddress('kafka://a:1/tiles', '--to', secure)).toMatchObject({
    connection: { brokers: ['a:1'], ssl: true },
  });
  expect(readAddress('kinesis://tiles.dead', 'FROM')).toEqual({ kind: 'kinesis', stream: 'tiles.dead' });
  expect(() => readAddress('tiles.dead', 'FROM')).toThrow(/^FROM: must be kafka:.*, got "tiles.dead"$/);
});

it('tells the id of a tile by its header, its descriptor, or its origin', () => {
  const withHeader = { ...letter.original, headers: [['ce_id', Buffer.from('h')]] as const };
  expect(tileIdOf({ ...letter, original: withHeader })).toBe('h');
  expect(tileIdOf(letter)).toBe('a');
  expect(tileIdOf({ ...letter, original: { ...letter.original, value: null } })).toBe('tiles-3-42');
  expect(tileIdOf({ ...letter, original: { ...letter.original, value: Buffer.from('{"id":') } })).toBe('tiles-3-42');
});

it('puts the parts of a letter together, whatever their order, and counts what lacks some', () => {
  const parts = new PartsOfLetters();
  const part = (number: number, text: string): DeadLetter => ({
    ...letter,
    part: { number, count: 3 },
    original: { ...letter.original, value: Buffer.from(text) },
  });
  expect(parts.add(part(2, 'b'), '2')).toBeUndefined();
  expect(parts.add(part(1, 'a'), '1')).toBeUndefined();
  expect(parts.add(part(1, 'a'), '3')).toBeUndefined(); // written twice
  expect(parts.incomplete).toBe(1);
  const whole = parts.add(part(3, 'c'), '4');
  expect(String(whole?.letter.original.value)).toBe('abc');
  expect(whole?.letter).not.toHaveProperty('part');
  expect(whole?.positions).toEqual(['3', '2', '4']);
  expect(parts.incomplete).toBe(0);
});

it('prints bytes without what steers a terminal', () => {
  expect(printableBytes(Buffer.from('a\\b\x1b[31m\u00e9\n'))).toBe('a\\\\b\\x1b[31m\\xc3\\xa9\\x0a');
});

it('lists groups as a table that a record cannot break', () => {
  const group = { count: 2, replayed: 1, waiting: 1, first: 'F', last: 'L' };
  const text = describeList({
    from: 'kinesis://dead',
    total: 2,
    replayed: 1,
    waiting: 1,
    unreadable: 3,
    incomplete: 0,
    groups: [{ code: 'A', stage: 'in\x1bfer', ...group }],
  });
  expect(text.split('\n')).toEqual([
    'kinesis://dead: 2 dead letters, 1 waiting, 1 replayed.',
    'code  stage          count  waiting  replayed  first  last',
    'A     "in\\u001bfer"  2      1        1         F      L',
    '3 records are no dead letters.',
  ]);
});
