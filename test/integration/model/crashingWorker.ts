import { parentPort } from 'node:worker_threads';
import type { DetectAnswer, DetectJob } from '../../../model/detectWorker.ts';

/** In the place of the detectors: an image 13 pixels wide ends the thread, one 14 wide throws, one 15 wide takes for ever. */
parentPort?.on('message', ({ image: { width, height }, metadata }: DetectJob) => {
  if (width === 13) process.exit(1);
  if (width === 14) throw new Error('fourteen is too much');
  if (width === 15) for (;;);
  const json = JSON.stringify({ room_count: 0, rooms: [], image_shape: [height, width, 3], metadata });
  parentPort?.postMessage({ detections: 0, json } satisfies DetectAnswer);
});
parentPort?.postMessage('ready');
