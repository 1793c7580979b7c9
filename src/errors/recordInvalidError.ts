import { SwathError } from './swathError.ts';

/** A record is not a tile: it breaks one rule in one field. */
export class RecordInvalidError extends SwathError {
  override readonly code:
    | 'RECORD_EMPTY'
    | 'RECORD_INVALID'
    | 'RECORD_TOO_LARGE'
    | 'IMAGE_TOO_LARGE'
    | 'URI_NOT_ALLOWED'
    | 'PAYLOAD_MISSING';
  override readonly retryable = false;
  /** Path of the field, like `value.bounds.2`. */
  readonly field: string;

  constructor(code: RecordInvalidError['code'], field: string, rule: string, value?: unknown, options?: ErrorOptions) {
    const shown = value === undefined ? '' : `, got ${shorten(value)}`;
    super(`${field} ${rule}${shown}`, options);
    this.code = code;
    this.field = field;
  }
}

function shorten(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : (JSON.stringify(value) ?? String(value));
  return text.length > 120 ? `${text.slice(0, 117)}…` : text;
}
