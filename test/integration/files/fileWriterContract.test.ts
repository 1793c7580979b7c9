import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileWriter } from '../../../src/sinks/file/fileWriter.ts';
import { recordWriterContract } from '../../support/contracts/recordWriterContract.ts';

recordWriterContract('a file', async () => {
  const root = await mkdtemp(join(tmpdir(), 'swath-file-'));
  const path = join(root, 'not', 'there', 'out.jsonl');
  return {
    writer: () => fileWriter(path),
    written: async () => {
      const lines = (await readFile(path, 'utf8')).split('\n').slice(0, -1);
      return lines.map((text) => ({ key: null, text, headers: [] }));
    },
    keepsHeaders: false,
    keepsKeys: false,
    close: () => rm(root, { recursive: true }),
  };
});
