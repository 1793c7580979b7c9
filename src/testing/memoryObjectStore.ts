import { ServiceError } from '../errors/serviceError.ts';
import type { CallOptions, ObjectStore, StoredObject } from '../ports/objectStore.ts';

/** An object as {@link MemoryObjectStore} keeps it. */
export interface MemoryObject extends StoredObject {
  readonly metadata: Readonly<Record<string, string>> | undefined;
  /** The object is not seen before, on the store's clock, in milliseconds. */
  readonly fromMs: number;
  /** True when the object goes with its first read. */
  readonly once?: boolean;
}

/** Calls made to a {@link MemoryObjectStore}. */
export interface MemoryObjectStoreCalls {
  put: number;
  get: number;
  head: number;
  delete: number;
}

/** An object store in memory, to look into. */
export interface MemoryObjectStore extends ObjectStore {
  /** By URI; tests may read and change it. */
  readonly objects: Map<string, MemoryObject>;
  readonly calls: MemoryObjectStoreCalls;
  /** Calls that are refused, each with the error it answers; tests add and remove. */
  readonly refusals: ((operation: keyof MemoryObjectStoreCalls, uri: string) => Error | undefined)[];
}

/** Options of {@link memoryObjectStore}. */
export interface MemoryObjectStoreOptions {
  /** Clock in milliseconds; default `performance.now`. */
  readonly nowMs?: () => number;
  /** Size of the largest object that is read, in bytes; default 104857600. */
  readonly maxBytes?: number;
}

/** Keeps objects in memory. Bytes are not copied: who puts or gets them must not change them. */
export function memoryObjectStore({
  nowMs = () => performance.now(),
  maxBytes = 104_857_600,
}: MemoryObjectStoreOptions = {}): MemoryObjectStore {
  const objects = new Map<string, MemoryObject>();
  const calls: MemoryObjectStoreCalls = { put: 0, get: 0, head: 0, delete: 0 };
  const refusals: MemoryObjectStore['refusals'] = [];

  const enter = (operation: keyof MemoryObjectStoreCalls, uri: string, options: CallOptions | undefined): void => {
    options?.signal?.throwIfAborted();
    calls[operation] += 1;
    for (const refuse of refusals) {
      const error = refuse(operation, uri);
      if (error !== undefined) throw error;
    }
    if (!uri.startsWith('s3://'))
      throw refused(operation, 'InvalidUri', `${JSON.stringify(uri)} must be s3://bucket/key`);
  };
  const find = (uri: string): MemoryObject | undefined => {
    const object = objects.get(uri);
    return object === undefined || (object.fromMs > 0 && object.fromMs > nowMs()) ? undefined : object;
  };

  return {
    objects,
    calls,
    refusals,
    async put(uri, bytes, options) {
      enter('put', uri, options);
      objects.set(uri, { bytes, contentType: options.contentType, metadata: options.metadata, fromMs: 0 });
    },
    async get(uri, options) {
      enter('get', uri, options);
      const object = find(uri);
      if (object !== undefined && object.bytes.length > maxBytes) {
        throw refused('get', 'TooLarge', `${uri}: ${object.bytes.length} bytes are more than maxBytes ${maxBytes}`);
      }
      if (object?.once) objects.delete(uri);
      return object;
    },
    async head(uri, options) {
      enter('head', uri, options);
      const object = find(uri);
      return object && { bytes: object.bytes.length, contentType: object.contentType };
    },
    async delete(uri, options) {
      enter('delete', uri, options);
      objects.delete(uri);
    },
    close() {},
  };
}

function refused(operation: string, serviceCode: string, message: string): ServiceError {
  return new ServiceError('SERVICE_REFUSED', message, { operation: `memory.${operation}`, serviceCode });
}
