import { z } from 'zod';

/** Name of a stream, by the rules of Kinesis. */
export const streamName = z
  .string()
  .regex(/^[a-zA-Z0-9_.-]{1,128}$/, 'must be 1 to 128 letters, digits, dots, underscores or dashes');
