import { z } from 'zod';

/** What every pipeline may be told, whatever it is made of. */
export const pipelineOptions = z.strictObject({
  drainMs: z.int().positive().default(30_000).meta({
    unit: 'ms',
    description:
      'Time to finish what is in flight when the pipeline is stopped; what is not finished by then comes again.',
  }),
});
export type PipelineOptions = z.input<typeof pipelineOptions>;
