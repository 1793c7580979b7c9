import kafkajs from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { SourceError } from '../../../src/errors/sourceError.ts';
import { kafkaFault } from '../../../src/kafka/kafkaFault.ts';
import { toSourceError } from '../../../src/kafka/toSourceError.ts';

const protocol = (type: string, retriable = false): Error =>
  new kafkajs.KafkaJSProtocolError(Object.assign(new Error(`said ${type}`), { type, code: 1, retriable }));
const named = (name: string): Error => Object.assign(new Error('none'), { name, retriable: false });
const wrapped = (error: Error): Error =>
  new kafkajs.KafkaJSNumberOfRetriesExceeded(error, { retryCount: 5, retryTime: 100 });
const connection = {
  brokers: ['kafka-1:9092'],
  sasl: { mechanism: 'plain', username: 'alice', password: 'hunter22' },
} as unknown as Parameters<typeof toSourceError>[2];

describe('kafkaFault', () => {
  it.each([
    [protocol('TOPIC_AUTHORIZATION_FAILED'), 'authorization'],
    [named('KafkaJSSASLAuthenticationError'), 'authorization'],
    [protocol('ILLEGAL_SASL_STATE'), 'authorization'],
    [protocol('UNKNOWN_TOPIC_OR_PARTITION', true), 'topic'],
    [protocol('ILLEGAL_GENERATION'), 'member'],
    [protocol('MESSAGE_TOO_LARGE'), 'tooLarge'],
    [protocol('OFFSET_METADATA_TOO_LARGE'), 'metadata'],
    [protocol('OUT_OF_ORDER_SEQUENCE_NUMBER'), 'sequence'],
    [protocol('NOT_ENOUGH_REPLICAS', true), 'transient'],
    [new kafkajs.KafkaJSConnectionError('gone'), 'transient'],
    [named('KafkaJSGroupCoordinatorNotFound'), 'transient'],
    [protocol('INVALID_RECORD'), 'record'],
    [protocol('UNSUPPORTED_VERSION'), 'other'],
    [new RangeError('stack'), 'other'],
    ['a text', 'other'],
  ])('tells what %s is, wrapped or not', (error, kind) => {
    expect(kafkaFault(error).kind).toBe(kind);
    if (error instanceof Error) expect(kafkaFault(wrapped(wrapped(error))).kind).toBe(kind);
  });

  it('names the error as the protocol does', () => {
    expect(kafkaFault(wrapped(protocol('MESSAGE_TOO_LARGE')))).toMatchObject({
      type: 'MESSAGE_TOO_LARGE',
      message: 'said MESSAGE_TOO_LARGE (MESSAGE_TOO_LARGE)',
    });
  });
});

describe('toSourceError', () => {
  it.each([
    [
      protocol('UNKNOWN_TOPIC_OR_PARTITION', true),
      'TOPIC_MISSING',
      'topic tiles does not exist in Kafka at kafka-1:9092',
    ],
    [protocol('GROUP_AUTHORIZATION_FAILED'), 'AUTHORIZATION', 'refuses user alice for topic tiles'],
    [
      new kafkajs.KafkaJSConnectionError('ECONNREFUSED'),
      'CONNECTION',
      'cannot reach Kafka at kafka-1:9092: ECONNREFUSED',
    ],
    [new Error('odd'), 'SOURCE_FAILED', 'fails for topic tiles: odd'],
  ])('says it in plain words: %s', (error, code, words) => {
    const made = toSourceError(error, 'tiles', connection);
    expect(made).toMatchObject({ code, stream: 'tiles', cause: error });
    expect(made.message).toContain(words);
    expect(made.message).not.toContain('hunter22');
  });

  it('leaves what is said already', () => {
    const said = new SourceError('CONNECTION', 'tiles', 'said');
    expect(toSourceError(said, 'other', connection)).toBe(said);
  });
});
