import { murmur2 } from './murmur2.ts';

const keylessRun = 100; // records without a key that go to one partition, so that batches fill

/**
 * Chooses partitions as Kafka's own clients do: by the hash of the key. Records without one go to each partition in turn.
 *
 * @param first - Partition of the first record without a key.
 */
export function partitionChooser(first = 0): (key: Uint8Array | null, partitions: number) => number {
  let keyless = first * keylessRun;
  return (key, partitions) => {
    if (key !== null) return (murmur2(key) & 0x7fffffff) % partitions;
    keyless += 1;
    return Math.floor(keyless / keylessRun) % partitions;
  };
}
