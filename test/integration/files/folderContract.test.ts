import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { folderReader } from '../../../src/sources/folder/folderReader.ts';
import type { StreamRecord } from '../../../src/tile/streamRecord.ts';
import { recordReaderContract } from '../../support/contracts/recordReaderContract.ts';

recordReaderContract<StreamRecord>('a folder with a progress file', async () => {
  const root = await mkdtemp(join(tmpdir(), 'swath-folder-'));
  const partitions = [join(root, 'first'), join(root, 'second')] as const;
  for (const folder of partitions) await mkdir(folder);
  let files = 0;
  return {
    partitions,
    append: async (partition, texts) => {
      for (const text of texts) {
        const fresh = join(partition, '.fresh.png'); // a file must appear whole
        await writeFile(fresh, text);
        await rename(fresh, join(partition, `${String(files++).padStart(6, '0')}.png`));
      }
    },
    reader: () =>
      folderReader({ path: [...partitions], progressFile: join(root, 'progress.json'), follow: true }, { pollMs: 20 }),
    textOf: ({ value }) => String(value),
    close: () => rm(root, { recursive: true }),
  };
});
