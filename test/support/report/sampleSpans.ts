/** Spans of made-up tiles as OTLP/JSON lines, two per tile: what swath would export, and what the model container would. */
export function sampleSpans(tiles: number, { startMs = 1_800_000_000_000 } = {}): string[] {
  return Array.from({ length: tiles }, (_, i) => tileLines(i, startMs)).flat();
}

function tileLines(i: number, startMs: number): string[] {
  const traceId = (i + 1).toString(16).padStart(32, '0');
  const id = (n: number): string => (i * 16 + n + 1).toString(16).padStart(16, '0');
  const tileId = `night/x${(i % 20) * 208}-y${Math.floor(i / 20) * 208}`;
  const waitMs = 400 + ((i * 37) % 100) * 12 + (i % 7) * 90; // spread, but the same each time
  const span = (n: number, name: string, kind: number, from: number, to: number, more: object = {}) => ({
    traceId,
    spanId: id(n),
    name,
    kind,
    startTimeUnixNano: nanos(startMs + from),
    endTimeUnixNano: nanos(startMs + to),
    attributes: [],
    status: { code: 0 },
    ...more,
  });
  const tile = [{ key: 'tile.id', value: { stringValue: tileId } }];
  const poll = (n: number, at: number) => ({
    name: 'poll',
    timeUnixNano: nanos(startMs + at),
    attributes: [{ key: 'swath.attempt', value: { intValue: String(n) } }],
  });
  const end = 60 + waitMs;
  const own = [
    span(0, 'send tiles', 4, 0, 12.5),
    span(1, 'process tiles', 5, 40, end + 15, { parentSpanId: id(0), attributes: tile }),
    span(2, 'upload', 1, 40.2, 40.4, { parentSpanId: id(1) }),
    span(3, 'invoke', 1, 40.5, 58, { parentSpanId: id(1) }),
    span(4, 'await', 1, 58.1, end, {
      parentSpanId: id(1),
      events: [poll(1, 58 + waitMs * 0.6), poll(2, 58 + waitMs * 0.8), poll(3, end - 4)],
    }),
    span(5, 'features', 1, end + 0.1, end + 1.4, { parentSpanId: id(1) }),
    span(6, 'send detections', 4, end + 1.5, end + 15, { parentSpanId: id(1) }),
  ];
  const infer = span(7, 'infer', 2, 60, 60 + waitMs * 0.7, { parentSpanId: id(3), attributes: tile });
  return [line('swath', own), line('swath-model', [infer])];
}

function line(service: string, spans: object[]): string {
  const attributes = [{ key: 'service.name', value: { stringValue: service } }];
  return JSON.stringify({
    resourceSpans: [{ resource: { attributes }, scopeSpans: [{ scope: { name: 'swath' }, spans }] }],
  });
}

function nanos(ms: number): string {
  return String(BigInt(Math.round(ms * 1000)) * 1000n);
}
