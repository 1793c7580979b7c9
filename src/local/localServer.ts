/** A stand-in that listens. */
export interface LocalServer {
  /** Base URL, without a slash at its end. */
  readonly url: string;
  close(): Promise<void>;
}
