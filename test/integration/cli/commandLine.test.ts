import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import manifest from '../../../package.json' with { type: 'json' };
import { runSwath, startSwath } from '../../support/cli/startSwath.ts';

const commands = ['demo', 'run', 'publish', 'local', 'detect'];

it('helps, with every command', async () => {
  const { status, stdout, stderr } = await runSwath(['--help']);
  expect(status).toBe(0);
  for (const command of commands) expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'));
  expect(stderr).toBe('');
});

it.each(['run', 'publish', 'local', 'detect', 'dlq', 'dlq list', 'dlq show', 'dlq replay'])(
  'helps with %s, by examples',
  async (command) => {
    const { status, stdout, stderr } = await runSwath([...command.split(' '), '--help']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(new RegExp(`Examples:\\n  swath ${command} `));
  },
);

it('says its version', async () => {
  expect(await runSwath(['--version'])).toEqual({ status: 0, stdout: `${manifest.version}\n`, stderr: '' });
});

it.each<[string, string[], RegExp]>([
  ['nothing', [], /^Usage: swath/],
  ['an unknown command', ['rum'], /^error: unknown command 'rum'\n\(Did you mean run\?\)/],
  [
    'an unknown option',
    ['run', 'detect', '--chek'],
    /^error: unknown option '--chek'\n\(Did you mean --check\?\)\n\(swath run --help/,
  ],
  ['a missing argument', ['run'], /^error: missing required argument 'pipeline'/],
  ['a missing option', ['publish', 'x.png'], /^error: required option '--to <target>' not specified/],
  ['too much', ['run', 'detect', 'more'], /^error: too many arguments/],
  [
    'a text for a number',
    ['run', 'detect', '--until-idle', 'x'],
    /'--until-idle <seconds>' argument 'x' is invalid. It must be a positive number\.\n/,
  ],
  ['a place that is none', ['run', 'detect', '--http', 'x'], /argument 'x' is invalid. It must be HOST:PORT/],
  [
    'a pipeline that is not there',
    ['run', 'mine.ts'],
    /^error: mine\.ts: there is no such file, and no pipeline of that name comes with swath \(these do: detect, /,
  ],
  [
    'a configuration that is not there',
    ['run', 'detect', '--config', 'no.yaml'],
    /^error: no\.yaml: there is no such file\n$/,
  ],
  [
    'options that break rules',
    [
      'run',
      'kafka-infer',
      '--config',
      'pipelines/kafka-infer.yaml',
      '--set',
      'source.maxInFlight=-1',
      '--set',
      'sink.topik=x',
      '--set',
      'x',
    ],
    /^error: sink\.topik: is unknown; did you mean topic\?\nerror: --set: must look like path=value, got "x"\nerror: source\.maxInFlight: must be a positive whole number, got -1\n$/,
  ],
  [
    'a target that is none',
    ['publish', 'package.json', '--to', 'ftp://x'],
    /^error: --to: must be kafka:\/\/HOST:PORT\/TOPIC .*, got "ftp:\/\/x"\n$/,
  ],
  [
    'a file that is not there',
    ['publish', 'no.png', '--to', 'kinesis://tiles'],
    /^error: no\.png: there is no such file or folder\n$/,
  ],
  [
    'an overlap without tiles',
    ['publish', 'x.png', '--overlap', '2', '--to', 'kinesis://tiles'],
    /^error: --overlap: needs --tile-size\n$/,
  ],
  [
    'a picture that is none',
    ['detect', 'package.json'],
    /^error: package\.json: must be a PNG or JPEG, and is neither\n$/,
  ],
  [
    'a folder without pictures',
    ['publish', 'src/errors', '--to', 'kinesis://tiles'],
    /^error: src\/errors: holds no picture \(\.png, .*\n$/,
  ],
  [
    'a model that is none',
    ['local', '--model', 'nonsense'],
    /^error: --model: must be an http:\/\/ URL, got "nonsense"\n$/,
  ],
  [
    'a name that no endpoint may have, and more instances than there are',
    ['local', '--endpoint', 'a b', '--instances', '5000'],
    /^error: --endpoint: must be 1 to 63 .*, got "a b"\nerror: --instances: must be an integer from 0 to 1000, got 5000\n$/,
  ],
  [
    'a port that leaves no room for the three after it',
    ['local', '--port', '65533'],
    /^error: --port: must be at most 65532, as three more follow, got 65533\n$/,
  ],
  ['an empty path', ['detect', ''], /^error: "": there is no such file\n$/],
  [
    'a secret in an address, without showing it',
    ['publish', 'package.json', '--to', 'kinesis://me:hunter2@tiles'],
    /^error: --to: must be kafka:.*, got "kinesis:\/\/\(hidden\)@tiles"\n$/,
  ],
  [
    'a secret in a broker, without showing it',
    ['run', 'kafka-infer', '--config', 'pipelines/kafka-infer.yaml', '--set', 'kafka.brokers=me:hunter2@host:1'],
    /^error: kafka\.brokers\.0: must be host:port, got "\(hidden\)@host:1"\n$/,
  ],
  [
    'a topic of dead letters that cannot be one, before anything is asked',
    ['dlq', 'list', 'kafka://127.0.0.1:1/é'],
    /^error: FROM: topic: must be 1 to 249 letters.*, got "é"\n$/,
  ],
  [
    'a table of marks that cannot be one',
    ['dlq', 'list', 'kinesis://dead', '--marks', 'a b'],
    /^error: option '--marks <table>' argument 'a b' is invalid\. It must be 3 to 255 letters, .*\n/,
  ],
  [
    'an empty group',
    ['dlq', 'replay', 'kafka://127.0.0.1:1/dead', '--group', ''],
    /^error: option '--group <name>' argument '' is invalid\. It must not be empty\.\n/,
  ],
  [
    'certificates that are none, and shows no key',
    [
      ...['run', 'kafka-infer', '--config', 'pipelines/kafka-infer.yaml', '--check'],
      ...['--set', 'kafka.ssl.ca=/no.pem', '--set', 'kafka.ssl.key=hunter2'],
    ],
    /^error: kafka\.ssl\.ca: must be PEM text, or the path .*, got "\/no\.pem"\nerror: kafka\.ssl\.key: .*, got "\(hidden\)"\n$/,
  ],
  [
    'a value of any length, of which it shows the beginning',
    ['run', 'kafka-infer', '--config', 'pipelines/kafka-infer.yaml', '--set', `source.topic=${'x'.repeat(5000)}`],
    /^error: source\.topic: must be 1 to 249 .*, got "x{299}… \(5002 characters\)\n$/,
  ],
  [
    'a configuration that is no YAML at all, in a few lines',
    ['run', 'kafka-infer', '--config', 'src/cli/main.ts'],
    /^(error: src\/cli\/main\.ts: line \d+, column \d+: [^\n]*\n){1,3}$/,
  ],
  ['an empty host', ['local', '--host', ''], /^error: --host: must be an address of this machine, got ""\n$/],
  ['no bucket', ['local', '--buckets', ','], /^error: --buckets: must be names with commas between\n$/],
  [
    'a detector that is none',
    ['detect', 'package.json', '--detector', 'cats'],
    /^error: --detector: must be one of rooms, lights, got "cats"\n$/,
  ],
  [
    'areas the wrong way round',
    ['detect', 'package.json', '--min-area', '9', '--max-area', '3'],
    /^error: --max-area: must be at least min_area, got 3\n$/,
  ],
  [
    'streams that are none',
    ['local', '--streams', 'a=b'],
    /^error: --streams: must be names of streams .*, got "a=b"\n$/,
  ],
])('refuses %s in plain words, with status 2', async (_, args, message) => {
  const { status, stdout, stderr } = await runSwath(args);
  expect(stderr).toMatch(message);
  expect(stderr).not.toMatch(/\n\s+at /);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
});

it('says with status 1 that the disk is full where its output goes', async () => {
  await using full = await open('/dev/full', 'w');
  const child = spawn(process.execPath, ['src/cli/main.ts', '--version'], { stdio: ['ignore', full.fd, 'pipe'] });
  const [said, [status]] = await Promise.all([text(child.stderr as Readable), once(child, 'close')]);
  expect({ status, said }).toEqual({
    status: 1,
    said: expect.stringMatching(/^error: standard output cannot be written \(ENOSPC\)\n/),
  });
});

it('goes on when nobody hears any more how it goes', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'swath-unheard-'));
  const path = join(folder, 'speaks.ts');
  const speaks =
    "for (let i = 0; i < 5; i += 1) { process.stderr.write('more'); await new Promise((r) => setTimeout(r, 20)); }";
  await writeFile(path, `${speaks}\nprocess.stdout.write('end');\nexport default 1;`);
  const child = spawn(process.execPath, ['src/cli/main.ts', 'run', path], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stderr.destroy();
  const [said, [status]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  await rm(folder, { recursive: true });
  expect({ status, said }).toEqual({ status: 2, said: 'end' });
});

it('ends at a signal while a file does not answer', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'swath-pipe-'));
  const path = join(folder, 'pipe');
  execFileSync('mkfifo', [path]);
  const swath = startSwath(['detect', path]);
  const reach = () => open(path, constants.O_WRONLY | constants.O_NONBLOCK).catch(() => undefined); // once it reads
  let writer = await reach();
  while (writer === undefined) writer = await reach();
  swath.kill('SIGTERM');
  expect((await swath.ended).status).toBe(143);
  await writer.close();
  await rm(folder, { recursive: true });
});
