import { z } from 'zod';

/** A span as an OTLP export has it, with the process that made it. */
export interface ReadSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Absent for the root of a trace. */
  readonly parentId: string | undefined;
  readonly name: string;
  /** `service.name` of its resource. */
  readonly service: string;
  readonly kind: SpanRole;
  /** Since the epoch, in milliseconds, to the microsecond. */
  readonly startMs: number;
  readonly endMs: number;
  readonly failed: boolean;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  readonly events: readonly ReadEvent[];
}

/** A moment noted on a span. */
export interface ReadEvent {
  readonly name: string;
  readonly timeMs: number;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}

/** What a span does in a trace. */
export type SpanRole = 'internal' | 'server' | 'client' | 'producer' | 'consumer';

/** Value of an attribute; lists come as their JSON. */
export type AttributeValue = string | number | boolean;

const roles: readonly SpanRole[] = ['internal', 'internal', 'server', 'client', 'producer', 'consumer'];
const whole = z.union([z.string().regex(/^\d+$/), z.int().nonnegative()]);
const keyValues = z.array(z.object({ key: z.string(), value: z.record(z.string(), z.unknown()) })).default([]);
const event = z.object({ name: z.string(), timeUnixNano: whole, attributes: keyValues });
const span = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  name: z.string(),
  kind: z.int().optional(),
  startTimeUnixNano: whole,
  endTimeUnixNano: whole,
  attributes: keyValues,
  events: z.array(event).default([]),
  status: z.object({ code: z.int().optional() }).default({}),
});
const request = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: keyValues }).prefault({}),
      scopeSpans: z.array(z.object({ spans: z.array(span).default([]) })).default([]),
    }),
  ),
});
const failedCode = 2;

/**
 * Reads the spans of an OTLP/JSON export: one line of `traces.jsonl`, or the body of a request.
 *
 * @throws SyntaxError or ZodError when it is not one.
 */
export function readSpans(json: string): ReadSpan[] {
  const { resourceSpans } = request.parse(JSON.parse(json));
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = String(valuesOf(resource.attributes)['service.name'] ?? 'unknown');
    return scopeSpans.flatMap(({ spans }) => spans.map((each) => toSpan(each, service)));
  });
}

function toSpan(from: z.output<typeof span>, service: string): ReadSpan {
  return {
    traceId: from.traceId,
    spanId: from.spanId,
    parentId: from.parentSpanId || undefined,
    name: from.name,
    service,
    kind: roles[from.kind ?? 1] ?? 'internal',
    startMs: toMs(from.startTimeUnixNano),
    endMs: toMs(from.endTimeUnixNano),
    failed: from.status.code === failedCode,
    attributes: valuesOf(from.attributes),
    events: from.events.map(({ name, timeUnixNano, attributes }) => ({
      name,
      timeMs: toMs(timeUnixNano),
      attributes: valuesOf(attributes),
    })),
  };
}

/** Nanoseconds since the epoch do not fit into a double; microseconds do. */
function toMs(nanos: string | number): number {
  return Number(BigInt(nanos) / 1000n) / 1000;
}

function valuesOf(pairs: z.output<typeof keyValues>): Record<string, AttributeValue> {
  return Object.fromEntries(pairs.map(({ key, value }) => [key, contentOf(value)]));
}

/** Values come as `{ stringValue }`, `{ intValue }` (often as text), `{ doubleValue }`, `{ boolValue }` and others. */
function contentOf(value: Readonly<Record<string, unknown>>): AttributeValue {
  const [kind, content] = Object.entries(value)[0] ?? [];
  if (kind === 'intValue') return Number(content);
  if (typeof content === 'string' || typeof content === 'number' || typeof content === 'boolean') return content;
  return JSON.stringify(content ?? null);
}
