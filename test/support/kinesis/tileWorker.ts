import { tilePipeline } from './tilePipeline.ts';

// A worker in a process of its own, to be killed: says how many tiles it has finished, and drains at the end of standard input.
const drain = new AbortController();
let finished = 0;
process.stdin.on('end', () => drain.abort()).resume();
tilePipeline(JSON.parse(process.argv[2] ?? ''), drain.signal).subscribe({
  next: () => {
    finished += 1;
    process.stdout.write(`finished ${finished}\n`);
  },
  error: (error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exitCode = 1;
  },
  complete: () => process.stdout.write('drained\n'),
});
