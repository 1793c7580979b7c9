import { parentPort } from 'node:worker_threads';
import type { RgbImage } from './decodeImage.ts';
import { detect } from './detect.ts';
import { loadOpenCv } from './loadOpenCv.ts';
import type { ModelConfig } from './modelConfig.ts';
import type { WorkerAnswer } from './workerPool.ts';

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
  let answer: WorkerAnswer;
  try {
    answer = { value: detect(cv, image, config, metadata) };
  } catch (error) {
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    answer = { error: { message, stack: stack ?? message } };
  }
  port.postMessage(answer);
});
port.postMessage('ready');
