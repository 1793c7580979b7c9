/**
 * How the Kinesis Producer Library packs several records into one: magic, a protobuf message `AggregatedRecord`, its MD5.
 *
 * @see https://github.com/awslabs/amazon-kinesis-producer/blob/master/aggregation-format.md
 */
export const aggregateFormat = {
  magic: Buffer.from('f3899ac2', 'hex'),
  digestBytes: 16,
  /** Numbers of the fields of `AggregatedRecord`. */
  fields: { partitionKey: 1, explicitHashKey: 2, record: 3 },
  /** Numbers of the fields of its `Record`. */
  recordFields: { partitionKeyIndex: 1, explicitHashKeyIndex: 2, data: 3 },
} as const;
