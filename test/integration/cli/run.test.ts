import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runSwath, startSwath } from '../../support/cli/startSwath.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'swath-cli-'));
});
afterAll(() => rm(folder, { recursive: true }));

const fileOf = async (name: string, text: string): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
};

/** A pipeline as a user writes it, far from any project: its packages are those of swath. */
const pipelineOf = (
  body: string,
  log = "memoryLog([{ ms: 1 }, { ms: 2 }, { ms: 3 }], { stream: 'tiles' })",
): string => `
import { definePipeline, fromReader, mapTile, SourceError } from 'swath';
import { ackAll, memoryLog } from 'swath/testing';
import { timer, map, tap, throwError } from 'rxjs';
import { z } from 'zod';

const log = ${log};
interface Wait { readonly ms: number }

export default definePipeline({
  name: 'mine',
  config: z.strictObject({ factor: z.number().default(1), drainMs: z.int().default(30_000) }),
  build: ({ config, drain }) => ${body},
});
`;
const waiting = `fromReader(log, { drain }).pipe(
  mapTile('wait', ({ ms }: Wait) => timer(ms * config.factor).pipe(map(() => ({ waited: ms })))),
  ackAll(),
)`;

describe('a pipeline file', () => {
  it('runs to its end, wherever it lies', async () => {
    const path = await fileOf('mine.ts', pipelineOf(waiting));
    const { status, stdout, stderr } = await runSwath(['run', path, '--json', '--set', 'factor=2'], { cwd: folder });
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      pipeline: 'mine',
      reason: 'completed',
      tiles: { read: 3, written: 3, deadLettered: 0, redelivered: 0, skipped: 0, unfinished: 0 },
      calls: {},
      callsPerTile: 0,
    });
    expect(stderr).toBe('Running mine; Ctrl-C drains and stops.\n');
  });

  it('says in words what it came to', async () => {
    const { status, stdout } = await runSwath(['run', await fileOf('words.mts', pipelineOf(waiting))]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^Done: 3 tiles read, 3 written, 0 dead-lettered\.\n\d+\.\d s, \d+\.\d tiles\/s\.\n$/);
  });

  it('drains when whoever reads its standard output goes away', async () => {
    const printing = `(console.log('one'), fromReader(log, { drain, maxInFlight: 2 }).pipe(
      mapTile('wait', ({ ms }: Wait) => timer(ms).pipe(map(() => (console.log('two'), {})))),
      ackAll(),
      tap({ complete: () => console.error('committed ' + log.committed.at(-1)) }),
    ))`;
    const many = 'memoryLog(Array.from({ length: 1_000 }, () => ({ ms: 200 })), { endless: true })';
    const swath = startSwath(['run', await fileOf('printing.ts', pipelineOf(printing, many))]);
    await swath.says(/one/);
    swath.closeStdout();
    const { status, stderr } = await swath.ended;
    expect(status).toBe(0);
    expect(stderr).toMatch(/Draining: \d+ tiles? in flight|Draining: nothing is in flight/);
    expect(Number(/committed (\d+)/.exec(stderr)?.[1])).toBeGreaterThan(0);
  });

  it('ends with status 3 where its tiles are taken away in the drain, since they come again', async () => {
    const stuck = `(drain.addEventListener('abort', () => log.revoke('0')), fromReader(log, { drain }).pipe(
      mapTile('wait', ({ ms }: Wait) => (console.error('in flight'), timer(ms).pipe(map(() => ({}))))),
      ackAll(),
    ))`;
    const log = 'memoryLog([{ ms: 60_000 }], { endless: true })';
    const swath = startSwath(['run', await fileOf('taken.ts', pipelineOf(stuck, log)), '--json']);
    await swath.says(/in flight/);
    swath.kill('SIGTERM');
    const { status, stdout, stderr } = await swath.ended;
    expect({ status, ...JSON.parse(stdout) }).toMatchObject({
      status: 3,
      reason: 'drained',
      tiles: { read: 1, written: 0, unfinished: 1 },
    });
    expect(stderr).toContain('memory/0 was taken away during the drain: 1 tiles in flight come again');
  });

  it('is looked at without being started', async () => {
    const path = await fileOf('check.ts', pipelineOf(waiting, 'memoryLog([{ ms: 1 }], { endless: true })'));
    expect(await runSwath(['run', path, '--check'])).toMatchObject({
      status: 0,
      stdout: 'mine: everything can be used.\n',
    });
    expect(await runSwath(['run', path, '--check', '--set', 'factor=x'])).toEqual({
      status: 2,
      stdout: '',
      stderr: 'error: factor: must be a number, got "x"\n',
    });
  });

  it.each([
    ['empty.ts', '', /has no default export; it must be what definePipeline makes$/],
    ['object.js', 'export default { name: 1 };', /has a default export that is something else; it must be/],
    [
      'throws.ts',
      'const a: string = "x";\nthrow new Error("no " + a);',
      /threw while it was loaded \(.*throws\.ts:2\): no x$/,
    ],
    ['enum.ts', 'enum A { B }\nexport default A;', /is not TypeScript that Node\.js runs.*: .*enum/],
    ['broken.ts', 'export default {;', /is not TypeScript that Node\.js runs/],
    ['broken.mjs', 'export default {;', /is not JavaScript \(.*broken\.mjs:1\): Unexpected token ';'$/],
    ['package.ts', "import 'no-such-package';", /cannot be loaded: Cannot find package 'no-such-package'/],
    ['text.txt', 'hello', /must be a file of TypeScript or JavaScript/],
    [
      'name.ts',
      pipelineOf(waiting).replace("'mine'", "'Mine!'"),
      /name\.ts: name: must be lower case letters.*got "Mine!"$/,
    ],
  ])('that cannot be used is refused: %s', async (name, text, message) => {
    const path = await fileOf(name, text);
    const { status, stdout, stderr } = await runSwath(['run', path]);
    expect(stderr).toMatch(/^error: [^\n]*\n$/);
    expect(stderr.trimEnd()).toMatch(message);
    expect(stderr).toContain(name);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  });

  it('in a project of CommonJS, as npm init makes it, is told how to become a module', async () => {
    await mkdir(join(folder, 'commonjs'));
    await fileOf('commonjs/package.json', '{ "type": "commonjs" }');
    const { status, stderr } = await runSwath(['run', await fileOf('commonjs/mine.ts', pipelineOf(waiting))]);
    expect(stderr).toMatch(
      /\nerror: .*mine\.ts: is read as CommonJS: set "type": "module" in your package\.json .*\n$/,
    );
    expect(status).toBe(2);
  });

  it('that fails is told with its code and what to do', async () => {
    const body =
      "throwError(() => new SourceError('TOPIC_MISSING', 'tiles', 'there is no topic tiles; password=hunter2'))";
    const path = await fileOf('fails.ts', pipelineOf(body));
    const { status, stdout, stderr } = await runSwath(['run', path]);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain(
      '\nerror: TOPIC_MISSING: there is no topic tiles; password=(hidden)\nwhat to do: Create the topic',
    );
    expect(stderr).not.toMatch(/\n\s+at |hunter2/);
  });

  it('that fails by its own mistake is told without a stack, and with it when asked', async () => {
    const body =
      "fromReader(log, { drain }).pipe(mapTile('slip', async () => { throw new Error('a slip'); }), ackAll())";
    const path = await fileOf('slips.ts', pipelineOf(body));
    const plain = await runSwath(['run', path]);
    expect(plain.status).toBe(1);
    expect(plain.stderr).toMatch(
      /\nerror: STAGE_FAILED: a slip\nwhat to do: .*\n\(--verbose shows where it comes from\)\n$/,
    );
    const verbose = await runSwath(['run', path, '--verbose']);
    expect(verbose.stderr).toMatch(/\n\s+at .*slips\.ts/);
  });
});

const endless = `memoryLog(Array.from({ length: 6 }, (_, i) => ({ ms: i < 3 ? 1 : 3000 })), { stream: 'tiles', endless: true })`;

describe('a run', () => {
  it('ends by itself when nothing came for a while', async () => {
    const path = await fileOf('idle.ts', pipelineOf(waiting, endless));
    const { status, stdout } = await runSwath(['run', path, '--until-idle', '0.3', '--set', 'factor=0.1', '--json']);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ reason: 'idle', tiles: { read: 6, written: 6, unfinished: 0 } });
  });

  it('waits for more until a signal, also where its source holds no socket', async () => {
    const path = await fileOf('waits.ts', pipelineOf(waiting, endless));
    const swath = startSwath(['run', path, '--json', '--set', 'factor=0']);
    await swath.says(/Running/);
    await new Promise((resolve) => setTimeout(resolve, 500));
    swath.kill('SIGINT');
    const { status, stdout } = await swath.ended;
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ reason: 'drained' });
  });

  it('drains at the first signal', async () => {
    const path = await fileOf('drain.ts', pipelineOf(waiting, endless));
    const swath = startSwath(['run', path, '--json', '--http', '0']);
    const [, url] = await swath.says(/Pages at (\S+):/);
    await swath.says(/Running/);
    const tiles = async () => (await (await fetch(`${url}/readyz`)).json()).tiles;
    while ((await tiles())?.acked !== 3);
    expect(await (await fetch(`${url}/livez`)).json()).toEqual({ status: 'ok', pipeline: 'mine' });
    const ready = await fetch(`${url}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([200, expect.objectContaining({ status: 'ready' })]);
    expect((await fetch(`${url}/other`)).status).toBe(404);
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toMatch(/^swath_tiles_total\{.*outcome="acked".*\} 3$/m);
    expect(metrics).toMatch(/^swath_in_flight\{.*\} 3$/m);
    expect((await fetch(`${url}/livez`, { method: 'POST' })).status).toBe(405);
    swath.kill('SIGINT');
    await swath.says(/Draining: 3 tiles in flight are finished first; again to stop at once\./);
    const draining = await fetch(`${url}/readyz`);
    expect([draining.status, await draining.json()]).toEqual([503, expect.objectContaining({ status: 'draining' })]);
    const { status, stdout } = await swath.ended;
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ reason: 'drained', tiles: { written: 6, unfinished: 0 } });
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('stops at once at the second signal: %s', async (signal, expected) => {
    const path = await fileOf('twice.ts', pipelineOf(waiting, endless));
    const swath = startSwath(['run', path, '--set', 'factor=20']);
    await swath.says(/Running/);
    swath.kill(signal);
    await swath.says(/Draining/);
    swath.kill(signal);
    const { status, stdout } = await swath.ended;
    expect({ status, stdout }).toEqual({ status: expected, stdout: '' });
  });

  it('says with status 3 that draining took too long', async () => {
    const path = await fileOf('deadline.ts', pipelineOf(waiting, endless));
    const swath = startSwath(['run', path, '--json', '--set', 'factor=20', '--set', 'drainMs=100']);
    await swath.says(/Running/);
    swath.kill('SIGTERM');
    const { status, stdout } = await swath.ended;
    expect(status).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({
      reason: 'deadline',
      tiles: { read: 6, unfinished: expect.any(Number) },
    });
  });

  it('refuses an address that is not of this machine', async () => {
    const path = await fileOf('elsewhere.ts', pipelineOf(waiting, endless));
    expect(await runSwath(['run', path, '--http', '192.0.2.1:80'])).toEqual({
      status: 2,
      stdout: '',
      stderr: 'error: --http: cannot be listened at (EADDRNOTAVAIL), got "192.0.2.1:80"\n',
    });
  });

  it('warns of what is probably not meant, and of nothing else', async () => {
    const config = ['run', 'kafka-infer', '--config', 'pipelines/kafka-infer.yaml', '--check'];
    const slow = ['--set', 'redelivery.maxAttempts=20', '--set', 'redelivery.backoff.maxMs=60000'];
    const stdout = 'kafka-infer: everything can be used.\n';
    const env = { AWS_REGION: 'us-east-1' };
    expect(await runSwath(config, { env })).toEqual({ status: 0, stdout, stderr: '' });
    const warned = await runSwath([...config, ...slow], { env });
    expect(warned).toMatchObject({ status: 0, stdout });
    expect(warned.stderr).toMatch(/^warning: a tile may wait 60000 ms .* drainMs: a drain may give up before\n$/);
  });

  it('refuses an address that is taken', async () => {
    const path = await fileOf('taken.ts', pipelineOf(waiting, endless));
    const first = startSwath(['run', path, '--http', '0']);
    const [, url = ''] = await first.says(/Pages at (\S+):/);
    const { host } = new URL(url);
    const { status, stderr } = await runSwath(['run', path, '--http', host]);
    first.kill('SIGINT');
    await first.ended;
    expect({ status, stderr }).toEqual({ status: 2, stderr: `error: --http: is in use, got "${host}"\n` });
  });
});
