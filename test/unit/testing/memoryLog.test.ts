import { memoryLog } from '../../../src/testing/memoryLog.ts';
import { recordReaderContract } from '../../support/contracts/recordReaderContract.ts';

interface Line {
  readonly partition: string;
  readonly text: string;
}

recordReaderContract('memoryLog', async () => {
  const log = memoryLog<Line>([], { endless: true, partitionOf: ({ partition }) => partition });
  return {
    partitions: ['0', '1'],
    append: async (partition, texts) => log.append(...texts.map((text) => ({ partition, text }))),
    reader: () => log,
    textOf: ({ text }) => text,
    close: () => log.close(),
  };
});
