import type { KafkaSettings } from '../publish/kafkaConnection.ts';

/** What the commands about dead letters share. */
export interface DlqOptions extends KafkaSettings {
  readonly where?: readonly string[] | undefined;
  /** Consumer group that keeps what was replayed of a topic; default `swath-dlq-<topic>`. */
  readonly group?: string | undefined;
  /** DynamoDB table that keeps what was replayed of streams; default `swath-dlq`. */
  readonly marks?: string | undefined;
}
