/** Base of every error swath raises: a stable code, and whether the same tile may succeed if tried again. */
export abstract class SwathError extends Error {
  /** Stable name in upper snake case: metrics label, dead-letter header, anchor in the documentation. */
  abstract readonly code: string;
  /** True when trying the same thing again may succeed. */
  abstract readonly retryable: boolean;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}
