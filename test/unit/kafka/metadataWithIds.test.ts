import { expect, it } from 'vitest';
import { decodeMetadata, metadataWithIds } from '../../../src/kafka/metadataWithIds.ts';

interface Request {
  readonly request: { encode(): Promise<{ readonly buffer: Buffer }> };
}
const bytesOf = async (question: Parameters<typeof metadataWithIds>[0]): Promise<string> => {
  const { request } = metadataWithIds(question) as Request;
  return (await request.encode()).buffer.toString('hex');
};

const noId = '00'.repeat(16);

it('asks as version 10 is written down in the protocol', async () => {
  const tiles = `06${Buffer.from('tiles').toString('hex')}`;
  expect(await bytesOf({ topics: ['tiles'], allowAutoTopicCreation: false })).toBe(`0002${noId}${tiles}0000000000`);
  expect(await bytesOf({ topics: [] })).toBe('00000100' + '0000');
});

it('reads the answer, ids and all', () => {
  const text = (value: string): Buffer => Buffer.concat([Buffer.of(value.length + 1), Buffer.from(value)]);
  const int32 = (value: number): Buffer => {
    const buffer = Buffer.alloc(4);
    buffer.writeInt32BE(value);
    return buffer;
  };
  const int16 = (value: number): Buffer => Buffer.of(value >> 8, value & 0xff);
  const numbers = (...values: number[]): Buffer => Buffer.concat([Buffer.of(values.length + 1), ...values.map(int32)]);
  const none = Buffer.of(0);
  const unknownField = Buffer.of(1, 7, 3, 1, 2); // tagged fields of brokers to come are passed over
  const broker = Buffer.concat([int32(1), text('localhost'), int32(9092), none, unknownField]);
  const partition = [int16(0), int32(0), int32(1), int32(4), numbers(1, 2), numbers(1), numbers(), none];
  const id = Buffer.from(Array.from({ length: 16 }, (_, i) => i));
  const topic = [int16(0), text('tiles'), id, Buffer.of(0, 2), ...partition, int32(-2147483648), none];
  const nameless = [int16(0), text('old'), Buffer.alloc(16), Buffer.of(0, 2), ...partition, int32(-2147483648), none];
  const unknown = [int16(3), text('gone'), Buffer.alloc(16), Buffer.of(0, 1), int32(-2147483648), none];
  const head = [none, int32(0), Buffer.of(2), broker, text('cluster'), int32(1)];
  const answer = Buffer.concat([...head, Buffer.of(4), ...topic, ...nameless, ...unknown, int32(-2147483648), none]);
  const places = { replicas: [1, 2], isr: [1], offlineReplicas: [] };
  const partitionRead = { partitionErrorCode: 0, partitionId: 0, leader: 1, ...places };
  expect(decodeMetadata(answer)).toStrictEqual({
    clientSideThrottleTime: 0,
    throttleTime: 0,
    brokers: [{ nodeId: 1, host: 'localhost', port: 9092, rack: null }],
    clusterId: 'cluster',
    controllerId: 1,
    topicMetadata: [
      {
        topicErrorCode: 0,
        topic: 'tiles',
        isInternal: false,
        partitionMetadata: [{ ...partitionRead, topicId: 'AAECAwQFBgcICQoLDA0ODw' }],
      },
      {
        topicErrorCode: 0,
        topic: 'old', // of a broker that speaks the version and has no id for it: zeros
        isInternal: false,
        partitionMetadata: [{ ...partitionRead, topicId: undefined }],
      },
      { topicErrorCode: 3, topic: 'gone', isInternal: false, partitionMetadata: [] },
    ],
  });
});
