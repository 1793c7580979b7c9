import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';

/** How a command ended. */
export interface Ended {
  /** Exit status; 128 + n where a signal killed it. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The real command in a process of its own. */
export interface RunningSwath {
  readonly ended: Promise<Ended>;
  readonly stderr: string;
  readonly stdout: string;
  /** Resolves when standard output or standard error matches; rejects when the command ends before. */
  says(pattern: RegExp): Promise<RegExpMatchArray>;
  kill(signal: NodeJS.Signals): void;
  /** Goes away from its standard output, as `head` does. */
  closeStdout(): void;
  /** Ids of the processes that it started and that run now. */
  children(): readonly number[];
}

const root = join(import.meta.dirname, '../../..');
const main = join(root, 'src/cli/main.ts');
const compileCache = join(tmpdir(), 'swath-compile-cache'); // starts in half the time

/** Starts `swath` with arguments; the environment is the test's, without what would colour or configure it. */
export function startSwath(
  args: readonly string[],
  { env = {}, cwd = root }: { readonly env?: NodeJS.ProcessEnv; readonly cwd?: string } = {},
): RunningSwath {
  const own = Object.entries(process.env).filter(([name]) => !/^(AWS|OTEL|SWATH|DEBUG|NO_COLOR|CI$)/.test(name));
  const child = spawn(process.execPath, [main, ...args], {
    cwd,
    env: { NODE_COMPILE_CACHE: compileCache, ...Object.fromEntries(own), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  let look = (): void => undefined;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    look();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    look();
  });
  const ended = once(child, 'close').then(([code, signal]): Ended => {
    const status = code === null ? 128 + constants.signals[signal as NodeJS.Signals] : Number(code);
    return { status, stdout, stderr };
  });
  ended.catch(() => undefined);
  return {
    ended,
    get stderr() {
      return stderr;
    },
    get stdout() {
      return stdout;
    },
    says: (pattern) =>
      new Promise((resolve, reject) => {
        look = () => {
          const found = stderr.match(pattern) ?? stdout.match(pattern);
          if (found !== null) resolve(found);
        };
        look();
        ended.then(
          ({ status }) => reject(new Error(`ended with ${status} before it said ${pattern}: ${stderr}`)),
          reject,
        );
      }),
    kill: (signal) => void child.kill(signal),
    closeStdout: () => void child.stdout.destroy(),
    children: () => {
      const { stdout: ids } = spawnSync('pgrep', ['-P', String(child.pid)], { encoding: 'utf8' });
      return ids.split('\n').filter(Boolean).map(Number);
    },
  };
}

/** Runs `swath` to its end. */
export function runSwath(args: readonly string[], options: Parameters<typeof startSwath>[1] = {}): Promise<Ended> {
  return startSwath(args, options).ended;
}
