import { hash } from 'node:crypto';

/** The hash key by which Kinesis places a partition key: its MD5 as a number of 128 bits. */
export function hashKeyOf(partitionKey: string): bigint {
  return BigInt(`0x${hash('md5', partitionKey)}`);
}
