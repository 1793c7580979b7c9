/** Where a record came from. */
export interface Origin {
  /** Kafka topic, Kinesis stream, folder. */
  readonly stream: string;
  /** Kafka partition or Kinesis shard. */
  readonly partition: string;
  /** The log's own name of the place: Kafka offset, Kinesis sequence number. */
  readonly position: string;
}
