import { expect, it } from 'vitest';
import { digestOf } from '../../../../src/cli/dlq/digestOf.ts';
import type { FoundLetter } from '../../../../src/cli/dlq/foundLetter.ts';
import { Replayer } from '../../../../src/cli/dlq/replayer.ts';
import { replaysOf } from '../../../../src/cli/dlq/replayHeader.ts';
import type { SendOutcome } from '../../../../src/cli/dlq/sendOutcome.ts';

const origin = { stream: 'tiles', partition: '0', position: '1' };
const original = { key: Buffer.from('k'), value: Buffer.from('v'), headers: [] };
const letter = { code: 'A', message: '', stage: 'infer', attempts: 1, origin, timeMs: 0, original };
const found = (own: Partial<FoundLetter> = {}): FoundLetter => ({
  partition: '0',
  positions: ['0'],
  letter,
  id: 'a',
  late: false,
  replayed: false,
  replays: 0,
  carrier: undefined,
  ...own,
});
const makeReplayer = (limit = 10, send: (own: FoundLetter) => Promise<SendOutcome> = async () => 'sent'): Replayer =>
  new Replayer({
    matches: ({ id }) => id !== 'other',
    maxReplays: 2,
    limit,
    target: { send, close: async () => undefined },
  });

it('leaves out what is replayed, filtered out, replayed too often, or could not be marked', () => {
  const replayer = makeReplayer();
  expect(replayer.chooses(found({ replayed: true }))).toBe(false);
  expect(replayer.chooses(found({ id: 'other' }))).toBe(false);
  expect(replayer.chooses(found({ replays: 2 }))).toBe(false);
  expect(replayer.chooses(found(), false)).toBe(false);
  expect(replayer.chooses(found({ replays: 1 }))).toBe(true);
  expect(replayer.progress).toMatchObject({ matched: 3, chosen: 1, refused: 1, outOfReach: 1 });
});

it('chooses no more than the limit', () => {
  const replayer = makeReplayer(2);
  expect([1, 2, 3].map(() => replayer.chooses(found()))).toEqual([true, true, false]);
  expect(replayer.full).toBe(true);
  expect(replayer.progress).toMatchObject({ matched: 3, chosen: 2 });
});

it('marks what is written, and counts what is not taken', async () => {
  const replayer = makeReplayer(10, async ({ id }) =>
    id === 'large' ? 'tooLarge' : id === 'gone' ? 'unsendable' : 'sent',
  );
  const [small, large, gone] = [
    { found: found() },
    { found: found({ id: 'large' }) },
    { found: found({ id: 'gone' }) },
  ];
  const marked: unknown[] = [];
  await replayer.send([small, large, gone], async (written) => void marked.push(...written));
  expect(marked).toEqual([small]);
  expect(replayer.progress).toMatchObject({ sent: 1, tooLarge: 1, unsendable: 1 });
  expect(replayer.isSending).toBe(false);
});

it('is busy until what was sent is marked', async () => {
  const replayer = makeReplayer();
  const marking = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const sending = replayer.send([{ found: found() }], () => {
    begun.resolve();
    return marking.promise;
  });
  await begun.promise;
  expect([replayer.isSending, replayer.progress.sent]).toEqual([true, 0]);
  marking.resolve();
  await sending;
  expect([replayer.isSending, replayer.progress.sent]).toEqual([false, 1]);
});

it('waits for all writes and marks them before it tells that one failed', async () => {
  const slow = Promise.withResolvers<SendOutcome>();
  const replayer = makeReplayer(10, ({ id }) => (id === 'slow' ? slow.promise : Promise.reject(new Error('gone'))));
  let told = false;
  const marked: string[] = [];
  const mark = async (written: readonly { readonly found: FoundLetter }[]): Promise<void> =>
    void marked.push(...written.map((own) => own.found.id));
  const sending = replayer.send([{ found: found({ id: 'slow' }) }, { found: found() }], mark).finally(() => {
    told = true;
  });
  sending.catch(() => undefined);
  await new Promise((resolve) => setImmediate(resolve));
  expect(told).toBe(false);
  slow.resolve('sent');
  await expect(sending).rejects.toThrow('gone');
  expect(marked).toEqual(['slow']);
});

it('names records by key and bytes, and by where the one ends', () => {
  const name = digestOf({ key: Buffer.from('ab'), value: Buffer.from('c'), headers: [] });
  expect(digestOf({ key: Buffer.from('ab'), value: Buffer.from('c'), headers: [] })).toBe(name);
  expect(digestOf({ key: Buffer.from('a'), value: Buffer.from('bc'), headers: [] })).not.toBe(name);
  expect(digestOf({ key: null, value: Buffer.from('c'), headers: [] })).not.toBe(name);
});

it.each([
  ['2', 2],
  ['-1', 0],
  ['many', 0],
  ['', 0],
])('reads the count of replays %j as %i', (text, count) =>
  expect(replaysOf([['swath-replays', Buffer.from(text)]])).toBe(count),
);
