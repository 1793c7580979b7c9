import { SwathError } from './swathError.ts';

/** Characters of a value that a message shows. */
const MAX_SHOWN = 120;

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
  // A text is cut before it is quoted: it may have megabytes.
  const text = typeof value === 'string' ? JSON.stringify(value.slice(0, MAX_SHOWN)) : printed(value);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN - 3)}…` : text;
}

function printed(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return 'something that cannot be shown'; // nested too deeply, or in a circle
  }
}
