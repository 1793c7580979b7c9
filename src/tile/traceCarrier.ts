/** Trace context as records carry it, in the text form of W3C Trace Context; not yet checked. */
export interface TraceCarrier {
  readonly traceparent?: string;
  readonly tracestate?: string;
}
