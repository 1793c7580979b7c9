import { createRequire } from 'node:module';
import type { DecodedRecord } from './decodeRecord.ts';
import { ownClients } from './ownClients.ts';
import { PackedRecords } from './packedRecords.ts';
import { unpackRecords } from './unpackRecords.ts';

interface FetchRequest {
  readonly topics: readonly {
    readonly topic: string;
    readonly partitions: readonly { readonly partition: number; readonly fetchOffset: string }[];
  }[];
}
interface FetchedPartition {
  readonly partition: number;
  messages: readonly (DecodedRecord | PackedRecords)[];
}
interface FetchAnswer {
  readonly responses: readonly { readonly topicName: string; readonly partitions: readonly FetchedPartition[] }[];
}
interface BrokerClass {
  readonly prototype: { fetch(request: FetchRequest): Promise<FetchAnswer> };
}

/** Most that one fetch of swath's consumers takes unpacked; packed, the client asks for 10 MiB at most. */
const fetchRoomBytes = 67_108_864;

let bound = false;

/**
 * Unpacks the compressed batches of a fetch only as far as there is room; what is left is fetched again.
 *
 * kafkajs 2.2.4 unpacks all that it fetched. Blank images pack to a thousandth of their size, so that a fetch of a few
 * megabytes took gigabytes. Other clients of the process get all of it, as ever.
 */
export function boundUnpacking(): void {
  if (bound) return;
  bound = true;
  const { prototype } = createRequire(import.meta.url)('kafkajs/src/broker/index.js') as BrokerClass;
  const { fetch } = prototype;
  prototype.fetch = async function (this: object, request): Promise<FetchAnswer> {
    const answer = await fetch.call(this, request);
    await unpackAll(answer, request, ownClients.has(this) ? fetchRoomBytes : Number.POSITIVE_INFINITY);
    return answer;
  };
}

/** The client asks for partitions in a random order each time: each is the first, which gets at least one record, before long. */
async function unpackAll({ responses }: FetchAnswer, { topics }: FetchRequest, roomBytes: number): Promise<void> {
  const offsets = new Map<string, bigint>(
    topics.flatMap(({ topic, partitions }) =>
      partitions.map(({ partition, fetchOffset }) => [`${topic}/${partition}`, BigInt(fetchOffset)] as const),
    ),
  );
  let used = 0;
  for (const { topicName, partitions } of responses) {
    for (const fetched of partitions) {
      if (!fetched.messages.some((message) => message instanceof PackedRecords)) continue;
      const place = `${topicName}/${fetched.partition}`;
      const from = offsets.get(place) ?? 0n;
      try {
        used += await unpackPartition(fetched, from, roomBytes - used, used === 0);
      } catch (error) {
        throw new Error(`${place}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
      }
    }
  }
}

/** Answers what was used of the room. */
async function unpackPartition(
  fetched: FetchedPartition,
  from: bigint,
  roomBytes: number,
  atLeastOne: boolean,
): Promise<number> {
  const records: DecodedRecord[] = [];
  let passed: DecodedRecord | undefined;
  let used = 0;
  for (const message of fetched.messages) {
    if (!(message instanceof PackedRecords)) {
      records.push(message);
      continue;
    }
    const isNeeded = atLeastOne && used === 0;
    const room = roomBytes - used;
    if (room <= 0 && !isNeeded) {
      passed = undefined;
      break;
    }
    const unpacked = await unpackRecords(message, { from, roomBytes: room, atLeastOne: isNeeded });
    for (const record of unpacked.records) records.push(record); // spread, many would not fit on the stack
    used += unpacked.bytes;
    passed = unpacked.passed ?? passed;
    if (unpacked.isWhole) continue;
    passed = undefined;
    break;
  }
  // Of a batch whose wanted records were compacted away the client wants to see one, to go past it.
  fetched.messages = records.length === 0 && passed !== undefined ? [passed] : records;
  return used;
}
