import { z } from 'zod';

/** Closed contours of a drawing, such as the rooms of a floor plan: dark lines on light paper. */
export const roomsConfig = z
  .strictObject({
    detector: z.literal('rooms').default('rooms').meta({ description: 'Finds closed contours in a drawing.' }),
    min_area: z.number().nonnegative().default(1000).meta({ unit: 'px²', description: 'Smallest area of a room.' }),
    max_area: z.number().positive().default(1_000_000).meta({ unit: 'px²', description: 'Largest area of a room.' }),
    epsilon_factor: z
      .number()
      .positive()
      .max(1)
      .default(0.01)
      .meta({ unit: 'ratio', description: 'How far, in arc lengths, a simplified outline may leave the contour.' }),
  })
  .refine((c) => c.max_area >= c.min_area, { path: ['max_area'], error: 'must be at least min_area' });

/** Bright connected areas of a night picture. */
export const lightsConfig = z
  .strictObject({
    detector: z.literal('lights').meta({ description: 'Finds bright connected areas in a night picture.' }),
    channel: z
      .enum(['red', 'green', 'blue', 'gray'])
      .default('red')
      .meta({ description: 'What counts as bright; lamps are rich in red, moonlit snow, sand and water are not.' }),
    threshold: z
      .int()
      .min(1)
      .max(255)
      .default(50)
      .meta({ unit: '0..255', description: 'A pixel at least this bright belongs to a light.' }),
    min_peak: z
      .int()
      .min(1)
      .max(255)
      .default(75)
      .meta({ unit: '0..255', description: 'A light has a pixel at least this bright.' }),
    min_area: z.int().positive().default(2).meta({ unit: 'px', description: 'Pixels of the smallest light.' }),
    max_area: z
      .int()
      .positive()
      .optional()
      .meta({ unit: 'px', description: 'Pixels of the largest light; no bound by default.' }),
    max_extent: z.int().min(3).optional().meta({
      unit: 'px',
      description: 'Wider or higher areas are split between their bright spots; never by default.',
    }),
  })
  .refine((c) => c.max_area === undefined || c.max_area >= c.min_area, {
    path: ['max_area'],
    error: 'must be at least min_area',
  });

/** Parameters of the detector `rooms`, defaults filled in. */
export type RoomsConfig = z.output<typeof roomsConfig>;
/** Parameters of the detector `lights`, defaults filled in. */
export type LightsConfig = z.output<typeof lightsConfig>;
/** A detector with its parameters, defaults filled in. */
export type ModelConfig = RoomsConfig | LightsConfig;
/** What a `config.json` may hold; without `detector` it is `rooms`. */
export type ModelConfigInput = z.input<typeof roomsConfig> | z.input<typeof lightsConfig>;
