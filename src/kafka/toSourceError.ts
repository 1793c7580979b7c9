import { SourceError } from '../errors/sourceError.ts';
import type { KafkaConnection } from './kafkaClient.ts';
import { kafkaFault } from './kafkaFault.ts';
import { listenerHint } from './listenerHint.ts';

/** Says in plain words why a topic cannot be read or written; names the topic, the brokers and the user, never the password. */
export function toSourceError(error: unknown, topic: string, connection: KafkaConnection): SourceError {
  if (error instanceof SourceError) return error;
  const { brokers, sasl } = connection;
  const fault = kafkaFault(error);
  const { kind } = fault;
  const message = fault.message + listenerHint(fault, connection);
  const options = { cause: error };
  const where = `Kafka at ${brokers.join(', ')}`;
  if (kind === 'topic') {
    const help = `create it first, for example: kafka-topics.sh --create --topic ${topic} --bootstrap-server ${brokers[0]}`;
    return new SourceError('TOPIC_MISSING', topic, `topic ${topic} does not exist in ${where}; ${help}`, options);
  }
  if (kind === 'authorization') {
    const who = sasl === undefined ? 'a client without a user' : `user ${sasl.username}`;
    return new SourceError('AUTHORIZATION', topic, `${where} refuses ${who} for topic ${topic}: ${message}`, options);
  }
  if (kind === 'transient') return new SourceError('CONNECTION', topic, `cannot reach ${where}: ${message}`, options);
  return new SourceError('SOURCE_FAILED', topic, `${where} fails for topic ${topic}: ${message}`, options);
}
