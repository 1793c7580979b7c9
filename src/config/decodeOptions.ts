import { z } from 'zod';

/** What a record may measure at most before it goes to the dead letter. */
export const decodeOptions = z.strictObject({
  maxRecordBytes: z
    .int()
    .positive()
    .default(16_777_216)
    .meta({ unit: 'bytes', description: 'Largest value of a record; anything above is refused unread.' }),
  maxImageDimension: z
    .int()
    .positive()
    .default(32_768)
    .meta({ unit: 'pixels', description: 'Largest width and height of an image, as its header gives them.' }),
  maxImagePixels: z
    .int()
    .positive()
    .default(268_435_456)
    .meta({ unit: 'pixels', description: 'Largest width times height of an image.' }),
});

export type DecodeOptions = z.input<typeof decodeOptions>;
