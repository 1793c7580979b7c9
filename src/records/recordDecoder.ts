import type { Origin } from '../tile/origin.ts';
import type { StreamRecord } from '../tile/streamRecord.ts';
import type { Tile } from '../tile/tile.ts';
import type { TraceCarrier } from '../tile/traceCarrier.ts';
import type { DecodeLimits } from './decodeLimits.ts';
import { decodeRecord } from './decodeRecord.ts';
import { traceCarrier } from './traceCarrier.ts';

/** The two functions by which a source reads records as tiles. */
export interface RecordDecoder {
  /** @throws RecordInvalidError */
  decode(record: StreamRecord, origin: Origin): Tile;
  /** Never throws. */
  carrier(record: StreamRecord): TraceCarrier | undefined;
}

/** Makes the decoder of a source, with its limits. */
export function recordDecoder(limits: DecodeLimits): RecordDecoder {
  return {
    decode: (record, origin) => decodeRecord(record, origin, limits),
    carrier: (record) => traceCarrier(record, limits),
  };
}
