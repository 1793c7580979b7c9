import type { UserRecord } from '../../src/aws/userRecord.ts';

/** An aggregate that another program wrote, and what it was told to write. */
export interface ForeignAggregate {
  readonly writer: string;
  readonly data: Uint8Array;
  readonly records: readonly UserRecord[];
}

const user = (partitionKey: string, data: string | Uint8Array, explicitHashKey?: string): UserRecord => ({
  partitionKey,
  explicitHashKey,
  data: new Uint8Array(Buffer.from(data)),
});
const allBytes = Uint8Array.from({ length: 256 }, (_, i) => i);
const hashOfOne = '331623505319187781935359225974189632386';

/**
 * Written once by the modules for aggregates that AWS publishes: `aws_kinesis_agg` 1.2.3 for
 * Python (`pip install aws_kinesis_agg protobuf six`) and `aws-kinesis-agg` 4.2.8 for Node, by the calls that stand beside them.
 */
export const foreignAggregates: readonly ForeignAggregate[] = [
  {
    // r = RecordAggregator(); r.add_user_record(key, data, hash) for each; base64.b64encode(r.clear_and_get().get_contents()[2])
    writer: 'aws_kinesis_agg 1.2.3, all kinds of keys',
    data: Buffer.from(
      '84mawgoFYWxwaGEKBGJldGEKBmdyw7zDnxInMTcwMTQxMTgzNDYwNDY5MjMxNzMxNjg3MzAzNzE1ODg0MTA1NzI4EgIxMhoJCAAaBWZpcnN0GgoIARoGc2Vjb25kGgQIABoAGocCCAIQABqAAgABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4fICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj9AQUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVpbXF1eX2BhYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ent8fX5/gIGCg4SFhoeIiYqLjI2Oj5CRkpOUlZaXmJmam5ydnp+goaKjpKWmp6ipqqusra6vsLGys7S1tre4ubq7vL2+v8DBwsPExcbHyMnKy8zNzs/Q0dLT1NXW19jZ2tvc3d7f4OHi4+Tl5ufo6err7O3u7/Dx8vP09fb3+Pn6+/z9/v8aCwgBEAEaBWZpZnRourkpeRqLEOuPEw+LwH94ow==',
      'base64',
    ),
    records: [
      user('alpha', 'first'),
      user('beta', 'second'),
      user('alpha', ''),
      user('grüß', allBytes, '170141183460469231731687303715884105728'),
      user('beta', 'fifth', '12'),
    ],
  },
  {
    writer: 'aws_kinesis_agg 1.2.3, one hash key for all',
    data: Buffer.from(
      '84mawgoDb25lCgN0d28SJzMzMTYyMzUwNTMxOTE4Nzc4MTkzNTM1OTIyNTk3NDE4OTYzMjM4NhoHCAAQABoBMRoICAEQABoCMjIaCQgAEAAaAzMzM5muq6oJow+IgcbOAfwafnk=',
      'base64',
    ),
    records: [user('one', '1', hashOfOne), user('two', '22', hashOfOne), user('one', '333', hashOfOne)],
  },
  {
    // r = new RecordAggregator(); r.addUserRecord({ partitionKey, data, explicitHashKey }) for each; r.build().data
    writer: 'aws-kinesis-agg 4.2.8',
    data: Buffer.from(
      '84mawgoFYWxwaGEKBGJldGESAjEyGgkIABoFZmlyc3QaCggBGgZzZWNvbmQaCwgAEAAaBXRoaXJkJUYOx1JTaCPjACIX6T0xlw==',
      'base64',
    ),
    records: [user('alpha', 'first'), user('beta', 'second'), user('alpha', 'third', '12')],
  },
];
