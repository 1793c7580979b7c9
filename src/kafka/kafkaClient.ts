import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import { diag } from '@opentelemetry/api';
import kafkajs, { type Kafka, type KafkaConfig, type LogEntry, type SASLOptions } from 'kafkajs';
import type { z } from 'zod';
import type { kafkaOptions } from '../config/kafkaOptions.ts';
import { boundUnpacking } from './boundUnpacking.ts';
import { calmDisconnect } from './calmDisconnect.ts';
import { calmRequestQueue } from './calmRequestQueue.ts';
import { checkClient } from './checkClient.ts';
import { followCoordinator } from './followCoordinator.ts';
import { keepCommits } from './keepCommits.ts';
import { learnTopicIds } from './learnTopicIds.ts';
import { mendAbortedReads } from './mendAbortedReads.ts';
import { ownClients } from './ownClients.ts';
import { registerKafkaCodecs } from './registerKafkaCodecs.ts';
import { tellJoins } from './tellJoins.ts';
import { useOwnRecordCodec } from './useOwnRecordCodec.ts';

/** Options of {@link kafkaClient}, with their defaults filled in. */
export type KafkaConnection = z.output<typeof kafkaOptions>;

/**
 * How the client tries again within a request; its own defaults wait up to 30 s, long after a broker is back.
 *
 * `ask`, about 3 s: for questions whose asker tries again itself and can stop in between. `stay`, about a minute: for
 * memberships and producers, which lose their place in a group or their numbering when they are made anew. `transact`, about
 * 3 s: for transactions, which are made anew whole, and meet the end of the one before them within milliseconds.
 */
export const kafkaRetry = {
  ask: { initialRetryTime: 100, maxRetryTime: 1000, retries: 5 },
  stay: { initialRetryTime: 100, maxRetryTime: 1000, retries: 60 },
  transact: { initialRetryTime: 20, maxRetryTime: 1000, retries: 8 },
} as const;

/**
 * Makes a client of the brokers; connects nothing yet.
 *
 * Each caller gets its own: the library keeps its authenticator, bound to the first password, in the object it was given.
 * What the library logs goes to the diagnostics logger of OpenTelemetry, one level down: it calls each retry an error.
 *
 * @param refused - Called with what a broker answered each time it refused a request; the library tries again for long without a word.
 * @throws ClientVersionError when the library is not the one that is mended here.
 */
export function kafkaClient(
  connection: KafkaConnection,
  retry: keyof typeof kafkaRetry,
  refused?: (answer: string) => void,
): Kafka {
  checkClient();
  calmDisconnect();
  calmRequestQueue();
  useOwnRecordCodec();
  boundUnpacking();
  mendAbortedReads(); // looks at what was unpacked
  learnTopicIds();
  followCoordinator();
  keepCommits();
  tellJoins();
  registerKafkaCodecs();
  const { brokers, clientId, connectTimeoutMs, requestTimeoutMs, sasl } = connection;
  const ssl = tlsOf(connection.ssl);
  const config: KafkaConfig = {
    brokers: [...brokers],
    clientId,
    connectionTimeout: connectTimeoutMs,
    authenticationTimeout: Math.max(connectTimeoutMs, 10_000),
    requestTimeout: requestTimeoutMs,
    retry: kafkaRetry[retry],
    logLevel: kafkajs.logLevel.INFO,
    logCreator: () => (entry) => {
      toDiagnostics(entry);
      const { level, log } = entry;
      if (level === kafkajs.logLevel.ERROR && typeof log['error'] === 'string') refused?.(log['error']);
    },
    ...(ssl !== undefined && { ssl }),
    ...(sasl !== undefined && { sasl: { ...sasl } as SASLOptions }),
  };
  const kafka = new kafkajs.Kafka(config);
  ownClients.add(kafka);
  return kafka;
}

function tlsOf(ssl: KafkaConnection['ssl']): ConnectionOptions | true | undefined {
  if (ssl === false) return undefined;
  if (ssl === true) return true;
  const { ca, cert, key, servername } = ssl;
  return {
    ...(ca !== undefined && { ca: pemOf(ca) }),
    ...(cert !== undefined && { cert: pemOf(cert) }),
    ...(key !== undefined && { key: pemOf(key) }),
    ...(servername !== undefined && { servername }),
  };
}

function pemOf(textOrPath: string): string {
  return textOrPath.includes('-----BEGIN') ? textOrPath : readFileSync(textOrPath, 'utf8');
}

function toDiagnostics({ level, namespace, log }: LogEntry): void {
  const { ERROR, WARN } = kafkajs.logLevel;
  const reason = typeof log['error'] === 'string' ? `: ${log['error']}` : '';
  const line = `kafka ${namespace}: ${log.message}${reason}`;
  if (level === ERROR) diag.info(line);
  else if (level === WARN) diag.debug(line);
  else diag.verbose(line);
}
