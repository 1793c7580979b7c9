import type { OutRecord } from '../../ports/recordWriter.ts';
import type { TraceCarrier } from '../../tile/traceCarrier.ts';
import type { TileDescriptor } from './tileDescriptor.ts';

const headers = [['content-type', Buffer.from('application/json')]] as const;

/** Lays a tile descriptor into a record for Kafka or Kinesis; the key is the tile's id. */
export function descriptorRecord(descriptor: TileDescriptor, carrier: TraceCarrier = {}): OutRecord {
  return {
    key: Buffer.from(descriptor.id),
    value: Buffer.from(JSON.stringify({ ...descriptor, ...carrier })),
    headers,
  };
}
