import type { SpanContext } from '@opentelemetry/api';

/** No groups: cutting at fixed places is cheaper, and this is done for every tile. */
const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}(?:-|$)/;
const LENGTH = 55;
const NO_TRACE = '0'.repeat(32);
const NO_SPAN = '0'.repeat(16);
/** Bits with a meaning in W3C Trace Context level 2: sampled, random trace id. */
const KNOWN_FLAGS = 0x03;

/**
 * Reads the text form of W3C Trace Context level 2, strictly; `undefined` for anything that is not exactly it.
 *
 * A version after `00` may carry more behind its flags, which is ignored, as the standard wants it.
 */
export function parseTraceparent(text: string): SpanContext | undefined {
  if (!TRACEPARENT.test(text)) return undefined;
  if (text.startsWith('ff') || (text.startsWith('00') && text.length !== LENGTH)) return undefined;
  const traceId = text.slice(3, 35);
  const spanId = text.slice(36, 52);
  if (traceId === NO_TRACE || spanId === NO_SPAN) return undefined;
  return { traceId, spanId, traceFlags: Number.parseInt(text.slice(53, LENGTH), 16) & KNOWN_FLAGS, isRemote: true };
}

/** Writes the text form of W3C Trace Context level 2, version `00`. */
export function formatTraceparent({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-0${(traceFlags & KNOWN_FLAGS).toString(16)}`;
}
