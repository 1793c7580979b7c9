/** Where a record came from. */
export interface Origin {
  /** Kafka topic, Kinesis stream, folder. */
  readonly stream: string;
  /** Kafka partition or Kinesis shard. */
  readonly partition: string;
  /** The log's own name of the place: Kafka offset, Kinesis sequence number. */
  readonly position: string;
  /** Id of the stream, where it has one: others of its name, before it or after, have other records at the same positions. */
  readonly streamId?: string | undefined;
}
