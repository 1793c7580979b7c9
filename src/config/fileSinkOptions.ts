import { z } from 'zod';

/** A file of JSON lines as a sink. */
export const fileSinkOptions = z.strictObject({
  path: z.string().min(1).meta({ description: 'File to append to; made when it is missing, with its folder.' }),
  format: z.enum(['json-lines', 'geojson-seq']).default('json-lines').meta({
    description:
      'What stands around a line: a line feed behind it (newline-delimited JSON or GeoJSON), or also a record separator before it (RFC 8142).',
  }),
});
export type FileSinkOptions = z.input<typeof fileSinkOptions>;
