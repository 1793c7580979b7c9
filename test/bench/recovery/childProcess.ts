import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChildOptions } from './childOptions.ts';

/** A running child of the benchmark. */
export interface Child {
  /** Sends a signal, and resolves when the process has ended by it. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** @throws Error when the process has ended by itself. */
  check(): void;
}

/** Starts one of the two programs of the benchmark. */
export function startChild(program: 'swath' | 'plain', options: ChildOptions): Child {
  const file = join(import.meta.dirname, `${program}Child.ts`);
  const env = { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), 'swath-compile-cache'), NODE_NO_WARNINGS: '1' };
  const child = spawn(process.execPath, [file, JSON.stringify(options)], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-4000);
  });
  const ended = once(child, 'close');
  const check = (): void => {
    if (child.exitCode !== null) throw new Error(`${program} ended with ${child.exitCode}: ${said}`);
  };
  return {
    check,
    async end(signal) {
      check();
      child.kill(signal);
      const [code] = await ended;
      if (signal === 'SIGTERM' && code !== 0) throw new Error(`${program} ended with ${code}: ${said}`);
    },
  };
}
