import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { z } from 'zod';
import type { partsPipeline } from './partsPipeline.ts';

/** The pipeline in a process of its own. */
export interface PartsProcess {
  kill(signal: NodeJS.Signals): void;
  /** Resolves with what it said, and how it ended. */
  readonly ended: Promise<{ readonly said: string; readonly errors: string; readonly code: number | null }>;
}

const script = join(import.meta.dirname, 'partsProcess.ts');

/** Starts the pipeline of the transaction tests in a process that may be killed or frozen. */
export function startParts(config: z.input<typeof partsPipeline.config>): PartsProcess {
  const child = spawn(process.execPath, [script, JSON.stringify(config)], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const ended = once(child, 'close').then(([code]) => ({ said, errors, code: code as number | null }));
  return { kill: (signal) => void child.kill(signal), ended };
}
