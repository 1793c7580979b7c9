import type { StreamRecord } from '../tile/streamRecord.ts';
import type { TraceCarrier } from '../tile/traceCarrier.ts';
import type { DecodeLimits } from './decodeLimits.ts';
import { findHeader } from './findHeader.ts';
import { type JsonObject, recordForm } from './recordForm.ts';

/**
 * Finds the trace context a record carries: the header `traceparent`, else `ce_traceparent`, else the field of a
 * descriptor or structured CloudEvent. Whether it is valid is decided by who reads it; what is not is ignored there.
 *
 * Never throws: a record that is no tile has a trace, too.
 */
export function traceCarrier(
  record: StreamRecord,
  limits?: Pick<DecodeLimits, 'maxRecordBytes'>,
): TraceCarrier | undefined {
  const { headers, value } = record;
  if (headers.length > 0) {
    for (const prefix of ['', 'ce_']) {
      const traceparent = findHeader(headers, `${prefix}traceparent`);
      if (traceparent !== undefined) return carrier(traceparent, findHeader(headers, `${prefix}tracestate`));
    }
  }
  if (value === null || (limits !== undefined && value.length > limits.maxRecordBytes)) return undefined;
  const form = recordForm(record);
  return form.kind === 'descriptor' || form.kind === 'structured' ? ofJson(form.json) : undefined;
}

function ofJson({ traceparent, tracestate }: JsonObject): TraceCarrier | undefined {
  return typeof traceparent === 'string' ? carrier(traceparent, tracestate) : undefined;
}

function carrier(traceparent: string, tracestate: unknown): TraceCarrier {
  return typeof tracestate === 'string' && tracestate !== '' ? { traceparent, tracestate } : { traceparent };
}
