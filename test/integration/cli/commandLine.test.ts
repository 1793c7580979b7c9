import { expect, it } from 'vitest';
import manifest from '../../../package.json' with { type: 'json' };
import { runSwath } from '../../support/cli/startSwath.ts';

const commands = ['demo', 'run', 'publish', 'local', 'detect'];

it('helps, with every command', async () => {
  const { status, stdout, stderr } = await runSwath(['--help']);
  expect(status).toBe(0);
  for (const command of commands) expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'));
  expect(stderr).toBe('');
});

it.each(['run', 'publish', 'local', 'detect'])('helps with %s, by examples', async (command) => {
  const { status, stdout, stderr } = await runSwath([command, '--help']);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(new RegExp(`Examples:\\n  swath ${command} `));
});

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
