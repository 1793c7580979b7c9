import type { BatchContext } from './decodeRecord.ts';

/** What a {@link PackedRecords} is made of. */
export interface PackedParts {
  /** As the protocol numbers them: 1 gzip, 2 snappy, 3 lz4, 4 zstd. */
  readonly codec: number;
  /** How many records the batch has. */
  readonly count: number;
  readonly bytes: Buffer;
  readonly context: BatchContext;
}

/** The records of a compressed batch as they were fetched; stands in their place until somebody knows how many there is room for. */
export class PackedRecords {
  readonly parts: PackedParts;

  constructor(parts: PackedParts) {
    this.parts = parts;
  }
}
