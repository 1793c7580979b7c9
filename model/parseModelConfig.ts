import type { z } from 'zod';
import { lightsConfig, type ModelConfig, roomsConfig } from './modelConfig.ts';

/** A `config.json` breaks a rule; the message names field, rule and value, a line for each. */
export class ModelConfigError extends Error {
  override readonly name = 'ModelConfigError';
}

/**
 * Checks a model configuration and fills in its defaults.
 *
 * @param source - Where it came from, for messages, like the path of the file.
 * @throws {@link ModelConfigError} when a rule is broken.
 */
export function parseModelConfig(input: unknown, source = 'config.json'): ModelConfig {
  const detector = isRecord(input) ? (input['detector'] ?? 'rooms') : undefined;
  if (isRecord(input) && detector !== 'rooms' && detector !== 'lights') {
    throw new ModelConfigError(`${source}: detector: must be rooms or lights, got ${JSON.stringify(detector)}`);
  }
  const parsed = (detector === 'lights' ? lightsConfig : roomsConfig).safeParse(input);
  if (parsed.success) return parsed.data;
  throw new ModelConfigError(parsed.error.issues.map((issue) => `${source}: ${describe(issue, input)}`).join('\n'));
}

function describe(issue: z.core.$ZodIssue, input: unknown): string {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => `${key}: no such setting`).join('; ');
  const value = issue.path.reduce<unknown>((at, key) => (isRecord(at) ? at[String(key)] : undefined), input);
  const field = issue.path.join('.') || 'the document';
  return `${field}: ${issue.message}, got ${JSON.stringify(value) ?? String(value)}`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
