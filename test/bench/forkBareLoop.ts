import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { BareTask } from './bareKafkaLoop.ts';
import type { Rate } from './measure.ts';

/** The plain client in a process of its own. */
export interface BareLoop extends Disposable {
  /** Has one task done. */
  ask(task: BareTask): Promise<Rate>;
}

/** Starts what `bareKafkaLoop.ts` does, until it is disposed of. */
export function forkBareLoop(): BareLoop {
  const path = fileURLToPath(new URL('bareKafkaLoop.ts', import.meta.url));
  const child: ChildProcess = fork(path, { execArgv: ['--expose-gc'], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  return {
    async ask(task) {
      child.send(task);
      const [rate] = await once(child, 'message');
      return rate;
    },
    [Symbol.dispose]: () => void child.kill(),
  };
}
