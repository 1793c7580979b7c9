import { type Status, showStatus } from '../terminal/showStatus.ts';
import type { DemoProgress } from './demoProgress.ts';

/** Shows a run: its steps as lines, and while tiles are settled a bar where a person watches, else a line now and then. */
export function showProgress(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): DemoProgress {
  let status: Status | undefined;
  const now = { done: 0, total: 1 };
  const end = (): void => {
    status?.end();
    status = undefined;
  };
  const tell = (text: string): void => {
    if (status === undefined) stream.write(`${text}\n`);
    else status.say(text);
  };
  return {
    tell,
    end,
    step: (text) => {
      end();
      tell(text);
    },
    tiles: (done, total) => {
      Object.assign(now, { done, total });
      const text = (): string => `${now.done} of ${now.total} tiles`;
      status ??= showStatus({ stream, env, text, share: () => now, lineEveryMs: 2000 });
    },
  };
}
