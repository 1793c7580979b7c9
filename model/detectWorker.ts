import { parentPort } from 'node:worker_threads';
import type { RgbImage } from './decodeImage.ts';
import { detect } from './detect.ts';
import { loadOpenCv } from './loadOpenCv.ts';
import type { ModelConfig } from './modelConfig.ts';

/** What a worker is asked to do. */
export interface DetectJob {
  readonly image: RgbImage;
  readonly config: ModelConfig;
  readonly metadata: Readonly<Record<string, unknown>>;
}

const port = parentPort;
if (port === null) throw new Error('detectWorker.ts is run by the worker pool, as a worker thread');

const cv = await loadOpenCv();
port.on('message', ({ image, config, metadata }: DetectJob) => {
  // What it throws ends this thread: nobody knows what state OpenCV is in then, and a new one takes a third of a second.
  port.postMessage(detect(cv, image, config, metadata));
});
port.postMessage('ready');
