import { z } from 'zod';

/** Name of a topic, by the rules of Kafka. */
export const kafkaTopic = z
  .string()
  .regex(/^[a-zA-Z0-9._-]{1,249}$/, 'must be 1 to 249 letters, digits, dots, underscores or dashes')
  .refine((name) => name !== '.' && name !== '..', 'must not be . or ..');
