/** A record inside an aggregate. */
export interface UserRecord {
  readonly partitionKey: string;
  /** Decides the shard in place of the partition key; a decimal number. */
  readonly explicitHashKey: string | undefined;
  readonly data: Uint8Array;
}
