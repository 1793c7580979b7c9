import { parentPort, threadId } from 'node:worker_threads';

/** A worker that does what it is told, the worst included. */
parentPort?.on('message', ({ order, value }: { order: string; value?: unknown }) => {
  if (order === 'exit') process.exit(7);
  if (order === 'throw') throw new Error('thrown in the worker');
  if (order === 'hang') for (;;);
  if (order === 'echo') parentPort?.postMessage({ value, threadId });
  if (order === 'wait') setTimeout(() => parentPort?.postMessage({ value, threadId }), 20);
  if (order === 'fill') {
    const hoard: unknown[] = [];
    for (;;) hoard.push(new Array(10_000).fill('full'));
  }
});
parentPort?.postMessage('ready');
