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

/** What a worker answers. */
export interface DetectAnswer {
  readonly detections: number;
  /** The answer as JSON: written here, since a long one would keep the server's own thread from its pings. */
  readonly json: string;
}

const port = parentPort;
if (port === null) throw new Error('detectWorker.ts is run by the worker pool, as a worker thread');

const cv = await loadOpenCv();
port.on('message', ({ image, config, metadata }: DetectJob) => {
  // What it throws ends this thread: nobody knows what state OpenCV is in then, and a new one takes a third of a second.
  const result = detect(cv, image, config, metadata);
  const detections = 'rooms' in result ? result.room_count : result.light_count;
  port.postMessage({ detections, json: JSON.stringify(result) } satisfies DetectAnswer);
});
port.postMessage('ready');
