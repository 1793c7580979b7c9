import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A process that says on standard output what it does, a line at a time, and ends in order when its standard input ends. */
export interface ChildLines extends AsyncDisposable {
  readonly lines: readonly string[];
  /** Resolves when `enough` holds, asked after each line; rejects with the end of its standard error when the process ends before. */
  until(enough: (lines: readonly string[]) => boolean): Promise<void>;
  /** Lets it end in order. */
  stop(): Promise<void>;
  /** Ends it at once. */
  kill(): Promise<void>;
}

/** Starts a process to be told by its lines. It ends with this process, in whatever way that does: then its standard input ends. */
export function childLines(
  command: string,
  args: readonly string[],
  { env = process.env, cwd }: { readonly env?: NodeJS.ProcessEnv; readonly cwd?: string } = {},
): ChildLines {
  const child: ChildProcess = spawn(command, args, { env, ...(cwd && { cwd }), stdio: ['pipe', 'pipe', 'pipe'] });
  const { stdin, stdout, stderr } = child;
  if (stdin === null || stdout === null || stderr === null) throw new Error('no pipes');
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  let said = '';
  stdin.on('error', () => undefined); // it ended first
  stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-8_000);
  });
  createInterface({ input: stdout }).on('line', (line) => {
    lines.push(line);
    for (const ask of [...waiting]) ask();
  });
  const ended = once(child, 'close');
  ended.catch(() => undefined);
  const stop = async (): Promise<void> => {
    stdin.end();
    await ended;
  };
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  return {
    lines,
    until(enough) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const ask = (): void => {
        if (enough(lines)) resolve();
      };
      waiting.add(ask);
      ask();
      ended.then(() => reject(new Error(`${command} ended after ${JSON.stringify(lines.slice(-5))}: ${said}`)), reject);
      return promise.finally(() => waiting.delete(ask));
    },
    stop,
    kill,
    [Symbol.asyncDispose]: kill,
  };
}
