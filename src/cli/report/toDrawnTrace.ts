import type { AttributeValue, ReadSpan } from './readSpans.ts';
import type { DrawnSpan, DrawnTrace, Fact } from './reportData.ts';

/** Puts the spans of one trace into the order of a waterfall: from its roots down, children by their start. Null where there are none. */
export function toDrawnTrace(spans: readonly ReadSpan[], traceId: string): DrawnTrace | null {
  const own = spans.filter((span) => span.traceId === traceId).sort((a, b) => a.startMs - b.startMs);
  const first = own[0];
  if (first === undefined) return null;
  const known = new Set(own.map(({ spanId }) => spanId));
  const children = Map.groupBy(own, ({ parentId }) => (parentId !== undefined && known.has(parentId) ? parentId : ''));
  const rows: DrawnSpan[] = [];
  const add = (span: ReadSpan, depth: number): void => {
    rows.push(toDrawnSpan(span, depth, first.startMs));
    for (const child of children.get(span.spanId) ?? []) add(child, depth + 1);
  };
  for (const root of children.get('') ?? []) add(root, 0);
  const tileId = own.map(({ attributes }) => attributes['tile.id']).find((id) => id !== undefined);
  return { traceId, tileId: String(tileId ?? ''), spans: rows };
}

function toDrawnSpan(span: ReadSpan, depth: number, originMs: number): DrawnSpan {
  const { name, service, failed, attributes, events } = span;
  return {
    name,
    service,
    depth,
    startMs: since(originMs, span.startMs),
    endMs: since(originMs, span.endMs),
    failed,
    facts: factsOf(attributes),
    events: events.map((event) => ({
      name: event.name,
      atMs: since(originMs, event.timeMs),
      facts: factsOf(event.attributes),
    })),
  };
}

function since(originMs: number, timeMs: number): number {
  return Math.round((timeMs - originMs) * 1000) / 1000;
}

function factsOf(attributes: Readonly<Record<string, AttributeValue>>): Fact[] {
  return Object.entries(attributes).map(([name, value]) => [name, String(value)]);
}
