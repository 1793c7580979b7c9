/** How a CloudEvent is laid into a record: attributes in headers (`binary`, Kafka) or all in one JSON value (`structured`, Kinesis). */
export type EventMode = 'binary' | 'structured';
