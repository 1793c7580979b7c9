/** An object read whole. */
export interface StoredObject {
  readonly bytes: Uint8Array;
  readonly contentType: string | undefined;
  /** When it was written, by the store's wall clock, in milliseconds since the epoch; a store may know it to the second. */
  readonly modifiedMs?: number | undefined;
}

/** What can be known of an object without reading it. */
export interface ObjectFacts {
  readonly bytes: number;
  readonly contentType: string | undefined;
}

/** Options of one call. */
export interface CallOptions {
  /** Cancels the request itself, not only the waiting for it. */
  readonly signal?: AbortSignal;
}

/** Objects by URI (`s3://bucket/key`). Adapters and fakes of it pass one contract suite. */
export interface ObjectStore {
  /** @throws ServiceError when the store refuses it. */
  put(
    uri: string,
    bytes: Uint8Array,
    options: CallOptions & { readonly contentType: string; readonly metadata?: Readonly<Record<string, string>> },
  ): Promise<void>;
  /** Answers `undefined` where there is no object. @throws ServiceError `ACCESS_DENIED`, which names the permission that is missing. */
  get(uri: string, options?: CallOptions): Promise<StoredObject | undefined>;
  /** Answers `undefined` where there is no object. */
  head(uri: string, options?: CallOptions): Promise<ObjectFacts | undefined>;
  /** Deleting what is not there is not an error. */
  delete(uri: string, options?: CallOptions): Promise<void>;
  /** Frees sockets. Idempotent. */
  close(): void;
}
