import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalServices } from '../../../src/local/localServices.ts';
import { startLocalServices } from '../../../src/local/startLocalServices.ts';
import { finish } from '../../support/chaos/finish.ts';
import { killedCases } from '../../support/chaos/killedCases.ts';
import { kinesisTilesRun } from '../../support/chaos/kinesisTilesRun.ts';
import type { TilesRun } from '../../support/chaos/openTilesRun.ts';
import { stoppedCases } from '../../support/chaos/stoppedCases.ts';

const timeout = 120_000; // each starts two processes
let services: LocalServices;
beforeAll(async () => {
  services = await startLocalServices({
    services: ['s3', 'sagemaker', 'kinesis', 'dynamodb'],
    buckets: ['in', 'out'],
  });
});
afterAll(() => services.close());

const open = (): Promise<TilesRun> => kinesisTilesRun(services);

describe('a process that is told to stop', { timeout }, () => stoppedCases(open));

describe('a process that is killed', { timeout }, () => {
  killedCases(open);

  it.each([1, 25, 60])(
    'after %i tiles, with a second between commits, repeats what it had not committed',
    async (count) => {
      await using run = await open();
      const killed = run.start({ commitIntervalMs: 1000 });
      while (run.journal().finished < count) await sleep(5);
      killed.kill('SIGKILL');
      expect((await killed.ended).status).toBe(128 + constants.signals.SIGKILL);
      expect(run.judge(await finish(run)).unexplained).toEqual([]);
    },
  );
});
