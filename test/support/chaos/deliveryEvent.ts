/** What a {@link DeliveryLog} tells. Sessions and deliveries are numbered within their process, positions named `partition/offset`. */
export type DeliveryEvent =
  /** A session is the time from when a partition was given to the process until it was taken away. */
  | { readonly opened: number; readonly session: number; readonly position: string }
  /** The result, or the dead letter, is on its way; `atMs` is the wall clock. */
  | { readonly writing: number; readonly atMs: number }
  /** The position counted as done when this was written. */
  | { readonly finished: number; readonly atMs: number }
  /** A commit was confirmed while the session lasted; `after` is how many deliveries had been finished when it was asked for. */
  | { readonly confirmed: number; readonly after: number };
