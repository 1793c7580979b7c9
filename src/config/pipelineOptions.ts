import { z } from 'zod';
import { durationMs } from './durationMs.ts';

/** What every pipeline may be told, whatever it is made of. */
export const pipelineOptions = z.strictObject({
  drainMs: durationMs().default(30_000).meta({
    unit: 'ms',
    description:
      'Time to finish what is in flight when the pipeline is stopped; what is not finished by then comes again.',
  }),
});
export type PipelineOptions = z.input<typeof pipelineOptions>;
