import type { Server } from 'node:http';
import { closeServer } from './closeServer.ts';
import { guardRequests } from './guardRequests.ts';
import { type ListenOptions, listenLocally } from './listenLocally.ts';
import type { LocalServer } from './localServer.ts';
import { requireStandIn } from './requireStandIn.ts';

interface DynaliteOptions {
  readonly createTableMs: number;
  readonly deleteTableMs: number;
  readonly updateTableMs: number;
}

/** How long a table stays CREATING, DELETING or UPDATING: long enough to be seen, short enough for tests. */
const CHANGE_MS = 20;

/** Starts DynamoDB in memory (dynalite). */
export async function startDynamoDb(listen: ListenOptions): Promise<LocalServer> {
  const dynalite = requireStandIn<(options: DynaliteOptions) => Server>('dynalite', 'dynamodb');
  const server = guardRequests(
    dynalite({ createTableMs: CHANGE_MS, deleteTableMs: CHANGE_MS, updateTableMs: CHANGE_MS }),
  );
  // Its own close() waits for the store to be idle, up to 30 s; the store is memory alone.
  Reflect.deleteProperty(server, 'close');
  return { url: await listenLocally(server, listen), close: () => closeServer(server) };
}
