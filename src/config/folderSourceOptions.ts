import { z } from 'zod';

/** Pictures in folders as a source. */
export const folderSourceOptions = z.strictObject({
  path: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]).meta({
    description: 'Folder of pictures, with its subfolders; or a file; or a list of both.',
  }),
  progressFile: z.string().min(1).optional().meta({
    description:
      'File that keeps what is finished, for a later run to go on from; without it each run begins at the first name.',
  }),
  follow: z.boolean().default(false).meta({
    description: 'Wait for more files at the end. Their names must sort after those that are there.',
  }),
});
export type FolderSourceOptions = z.input<typeof folderSourceOptions>;
