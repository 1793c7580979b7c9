import { z } from 'zod';
import { durationMs } from './durationMs.ts';
import { isPem } from './isPem.ts';

const pem = (what: string, secret = false) =>
  z
    .string()
    .min(1)
    .refine(isPem, 'must be PEM text, or the path of a PEM file that can be read')
    .optional()
    .meta({ ...(secret && { secret }), description: `${what}: PEM text, or the path of a PEM file.` });

const tls = z.strictObject({
  ca: pem('Authorities to trust instead of the system’s'),
  cert: pem('Certificate of the client'),
  key: pem('Private key of the client', true),
  servername: z
    .string()
    .min(1)
    .optional()
    .meta({ description: 'Name the brokers’ certificates must carry, where it is not the host’s.' }),
});

const sasl = z.strictObject({
  mechanism: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']).meta({ description: 'How the password is proven.' }),
  username: z.string().min(1).meta({ description: 'Who connects.' }),
  password: z.string().min(1).meta({ secret: true, description: 'Never shown in messages, logs or spans.' }),
});

/** How to reach Apache Kafka. */
export const kafkaOptions = z.strictObject({
  brokers: z
    .array(
      z
        .string()
        .regex(/^(\[[0-9a-f:.]+\]|[^\s:/[\]]+):\d{1,5}$/i, 'must be host:port')
        .refine((broker) => !/:\d+$/.test(broker) || Number(/\d+$/.exec(broker)?.[0]) <= 65_535, {
          error: 'must be host:port, with a port up to 65535',
        }),
    )
    .min(1)
    .default(['127.0.0.1:9092'])
    .meta({ description: 'Brokers to ask first, as `host:port`; they name the others.' }),
  clientId: z.string().min(1).default('swath').meta({ description: 'Name in the brokers’ logs, metrics and quotas.' }),
  ssl: z.union([z.boolean(), tls]).default(false).meta({ description: 'TLS: `true` trusts the system’s authorities.' }),
  sasl: sasl.optional().meta({ description: 'Username and password; none unless given.' }),
  connectTimeoutMs: durationMs()
    .default(3000)
    .meta({ unit: 'ms', description: 'Limit for one attempt to connect to one broker.' }),
  requestTimeoutMs: durationMs()
    .default(30_000)
    .meta({ unit: 'ms', description: 'Limit for one request; then it is tried again on a new connection.' }),
});
export type KafkaOptions = z.input<typeof kafkaOptions>;
