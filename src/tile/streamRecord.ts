/** A record as a log holds it, byte for byte; what a dead letter must carry on unchanged. */
export interface StreamRecord {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  /** In their order; a name may stand more than once. */
  readonly headers: readonly (readonly [name: string, value: Uint8Array])[];
  /** When the log took it, in milliseconds since the epoch. */
  readonly timestampMs: number;
}
