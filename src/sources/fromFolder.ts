import { defer, type Observable } from 'rxjs';
import { z } from 'zod';
import { checkConfig } from '../config/checkConfig.ts';
import { decodeOptions } from '../config/decodeOptions.ts';
import { deliveryOptions } from '../config/deliveryOptions.ts';
import { folderSourceOptions } from '../config/folderSourceOptions.ts';
import { recordDecoder } from '../records/recordDecoder.ts';
import type { Envelope } from '../tile/envelope.ts';
import type { StreamRecord } from '../tile/streamRecord.ts';
import type { Tile } from '../tile/tile.ts';
import { folderReader } from './folder/folderReader.ts';
import { fromReader } from './fromReader.ts';
import type { NackPolicy } from './nackPolicy.ts';

const { maxInFlight, maxInFlightBytes } = deliveryOptions.shape;
const schema = z.strictObject({
  ...folderSourceOptions.shape,
  maxInFlight,
  maxInFlightBytes,
  ...decodeOptions.shape,
});

/** Options of {@link fromFolder}: those of the configuration, and what only code can say. */
export type FromFolderOptions = z.input<typeof schema> & {
  /** Aborting it drains: no file is read any more, what is in flight is finished, then the source completes. */
  readonly drain: AbortSignal;
  /** What becomes of failed tiles; default {@link halt}. */
  readonly onNack?: NackPolicy<StreamRecord> | undefined;
};

/** A picture from a folder as a tile: its id is the name of the file. */
export interface FolderTile extends Tile {
  readonly scene: string;
}

const commitIntervalMs = 1000;

/**
 * Reads pictures in folders as tiles, in the order of their names, and completes after the last.
 *
 * Nothing is committed unless `progressFile` names a file for it: a second run then begins behind what the first finished. With
 * `follow` it waits for more files instead of completing; write such a file elsewhere and rename it, so that it appears whole.
 *
 * @throws ConfigurationError when an option breaks its rule; the stream errors with one when there is no such file or folder.
 * @example
 * fromFolder({ path: 'scans', drain }).pipe(label, toFile({ path: 'out.jsonl', lines: ({ id, label }) => [{ id, label }] }))
 */
export function fromFolder({ drain, onNack, ...options }: FromFolderOptions): Observable<Envelope<FolderTile>> {
  const config = checkConfig(schema, options);
  const { path, progressFile, follow, maxInFlight, maxInFlightBytes, ...limits } = config;
  const { decode, carrier } = recordDecoder(limits);
  return defer(() =>
    fromReader<StreamRecord, FolderTile>(
      folderReader({ path, progressFile, follow }, { maxBytes: limits.maxRecordBytes }),
      {
        decode: (record, origin) => ({ ...decode(record, origin), scene: origin.position }),
        carrier,
        drain,
        maxInFlight,
        maxInFlightBytes,
        onNack,
        commitIntervalMs,
      },
    ),
  );
}
