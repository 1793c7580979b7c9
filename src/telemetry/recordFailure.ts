import { type Span, SpanStatusCode } from '@opentelemetry/api';
import { messageOf } from '../errors/messageOf.ts';
import { redact } from '../errors/redact.ts';
import { SwathError } from '../errors/swathError.ts';

/**
 * Marks a span as failed: status, `error.type` (an error's code, else its name) and an exception event.
 *
 * The event has no stack: it says where our code is, which the code says already, and a stack's first line repeats the
 * message with what was masked in it.
 */
export function recordFailure(span: Span, reason: unknown): void {
  const type = typeOf(reason);
  const message = redact(messageOf(reason));
  span.setAttribute('error.type', type);
  span.setStatus({ code: SpanStatusCode.ERROR, message });
  span.addEvent('exception', { 'exception.type': type, 'exception.message': message });
}

function typeOf(reason: unknown): string {
  if (typeof reason === 'string') return reason;
  try {
    if (reason instanceof SwathError) return String(reason.code);
    return reason instanceof Error ? String(reason.name) : '_OTHER';
  } catch {
    return '_OTHER';
  }
}
