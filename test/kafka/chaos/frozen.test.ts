import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { tilesRun } from './tilesRun.ts';

it('a process that is frozen past its session commits nothing when it wakes, and stays a member', async () => {
  await using run = await tilesRun({ serviceMs: 300 });
  const frozen = run.start({});
  while (run.journal().committed < 10) await sleep(20);
  frozen.kill('SIGSTOP'); // with tiles in flight
  const { opened, committed } = run.journal();
  expect(opened).toBeGreaterThan(committed);

  const verdict = await run.finish(); // by another process, once the session of the first has run out
  expect(verdict).toMatchObject({ lost: 0, overCommitted: [], strangers: [] });
  expect(verdict.repeated).toBeLessThanOrEqual(opened - committed);

  frozen.kill('SIGCONT'); // it finds itself out of the group; what it had in flight is not its own any more
  await sleep(3_000); // time to write and commit what it should not
  frozen.kill('SIGTERM');
  const { status, stdout } = await frozen.ended;
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ reason: 'drained', tiles: { unfinished: 0 } });
  const after = await run.check();
  expect(after).toMatchObject({ lost: 0, overCommitted: [], strangers: [] });
  // It wrote what it had in flight, and took more until it heard that it was out. None of that moved a commit back: nothing comes again.
  const last = run.start({});
  while (!run.hasBegun()) await sleep(20);
  await sleep(5_000); // time to join, and to read what it should not
  last.kill('SIGTERM');
  expect((await last.ended).status).toBe(0);
  expect(run.journal().opened).toBe(0);
  expect(await run.check()).toEqual(after);
  expect((await run.commits()).backwards).toEqual([]);
  const { repeated } = after;
  const { unexplained, uncommitted } = run.judge(after);
  process.stderr.write(`${repeated} of ${after.records} repeated; ${uncommitted} uncommitted\n`);
  expect(unexplained).toEqual([]);
  expect(repeated).toBeLessThanOrEqual(uncommitted);
});
