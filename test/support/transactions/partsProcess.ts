import { runPipeline } from '../../../src/pipeline/runPipeline.ts';
import { partsPipeline } from './partsPipeline.ts';

// node partsProcess.ts CONFIG: runs the pipeline until SIGTERM drains it, or something worse happens to the process.
const drain = new AbortController();
process.once('SIGTERM', () => drain.abort());
const { reason } = await runPipeline(partsPipeline, {
  config: JSON.parse(process.argv[2] ?? ''),
  drain: drain.signal,
});
process.stdout.write(`${reason}\n`);
process.exit(0);
