import { memoryWriter } from '../../../src/testing/memoryWriter.ts';
import { recordWriterContract } from '../../support/contracts/recordWriterContract.ts';

const textOf = (bytes: Uint8Array | null): string => new TextDecoder().decode(bytes ?? new Uint8Array());

recordWriterContract('memoryWriter', async () => {
  const writer = memoryWriter();
  return {
    writer: () => writer,
    written: async () =>
      writer.records.map(({ key, value, headers }) => ({
        key: key === null ? null : textOf(key),
        text: textOf(value),
        headers: headers.map(([name, content]) => [name, textOf(content)] as const),
      })),
    keepsHeaders: true,
    close: () => writer.close(),
  };
});
