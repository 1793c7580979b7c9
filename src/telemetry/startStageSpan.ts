import { type Attributes, type Context, SpanKind } from '@opentelemetry/api';
import { tracer } from './tracer.ts';
import { withSpan } from './withSpan.ts';

const INTERNAL = { kind: SpanKind.INTERNAL } as const;

/**
 * Starts a stage's span under the tile's; the parent is handed in, since ambient context is wrong under `mergeMap`.
 *
 * @param attributes - Called only when the span is recorded.
 * @returns the context for what the stage calls; ended by `endStageSpan`.
 */
export function startStageSpan(name: string, parent: Context, attributes?: () => Attributes): Context {
  const span = tracer().startSpan(name, INTERNAL, parent);
  if (attributes !== undefined && span.isRecording()) span.setAttributes(attributes());
  return withSpan(parent, span);
}
