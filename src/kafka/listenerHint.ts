import type { KafkaConnection } from './kafkaClient.ts';
import type { KafkaFault } from './kafkaFault.ts';

/**
 * Says which option does not fit the listener, where a failure looks like that: listeners do not say themselves what they want,
 * they close the connection.
 *
 * @returns What to put behind the failure's message; empty where it has another reason.
 */
export function listenerHint(
  { type, message }: Pick<KafkaFault, 'type' | 'message'>,
  { ssl, sasl }: Pick<KafkaConnection, 'ssl' | 'sasl'>,
): string {
  if (type === 'ILLEGAL_SASL_STATE')
    return '; the listener wants no user: leave `sasl` out, or name the port of a listener with SASL';
  if (ssl !== false) {
    if (/before secure TLS connection was established|wrong version number|packet length too long/i.test(message))
      return '; a listener without TLS answers like this: leave `ssl` out, or name the port of a listener with TLS';
  }
  if (!/closed connection|ECONNRESET|socket hang up/i.test(message)) return '';
  const wants = [
    ...(ssl === false ? ['one with TLS, which needs `ssl`'] : []),
    ...(sasl === undefined ? ['one with SASL, which needs `sasl`'] : []),
  ];
  return wants.length === 0 ? '' : `; if it is always so, the listener may be ${wants.join(', or ')}`;
}
