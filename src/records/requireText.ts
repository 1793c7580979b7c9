import { RecordInvalidError } from '../errors/recordInvalidError.ts';

/**
 * Takes a field that must be a text of at least one character.
 *
 * @throws RecordInvalidError `RECORD_INVALID`
 */
export function requireText(value: unknown, field: string): string {
  if (typeof value === 'string' && value.length > 0) return value;
  const rule = value === undefined ? 'is required' : 'must be a text that is not empty';
  throw new RecordInvalidError('RECORD_INVALID', field, rule, value);
}

/** Takes a field that may be absent, and must else be a text of at least one character. */
export function optionalText(value: unknown, field: string): string | undefined {
  return value === undefined ? undefined : requireText(value, field);
}
