import { z } from 'zod';

/** How a source delivers what it reads. */
export const deliveryOptions = z.strictObject({
  order: z.enum(['none', 'key', 'partition']).default('none').meta({
    description: 'Tiles that leave in their order, one at a time: none, those of one key, those of one partition.',
  }),
  maxInFlight: z
    .int()
    .positive()
    .default(400)
    .meta({ unit: 'tiles', description: 'Most tiles between their record and their settlement; bounds the memory.' }),
  maxInFlightBytes: z
    .int()
    .positive()
    .default(268_435_456)
    .meta({ unit: 'bytes', description: 'Most bytes of records in flight; a larger record is delivered alone.' }),
});
export type DeliveryOptions = z.input<typeof deliveryOptions>;
