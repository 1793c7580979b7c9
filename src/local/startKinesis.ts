import type { Server } from 'node:http';
import { closeServer } from './closeServer.ts';
import { guardRequests } from './guardRequests.ts';
import { type ListenOptions, listenLocally } from './listenLocally.ts';
import type { LocalServer } from './localServer.ts';
import { requireStandIn } from './requireStandIn.ts';

interface KinesaliteOptions {
  readonly createStreamMs: number;
  readonly deleteStreamMs: number;
  readonly updateStreamMs: number;
  readonly shardLimit: number;
}

/** How long a stream stays CREATING, DELETING or UPDATING: long enough to be seen, short enough for tests. */
const CHANGE_MS = 20;

/** Starts Kinesis in memory (kinesalite). */
export async function startKinesis(listen: ListenOptions): Promise<LocalServer> {
  const kinesalite = requireStandIn<(options: KinesaliteOptions) => Server>('kinesalite', 'kinesis');
  const server = guardRequests(
    kinesalite({ createStreamMs: CHANGE_MS, deleteStreamMs: CHANGE_MS, updateStreamMs: CHANGE_MS, shardLimit: 10_000 }),
  );
  // Its own close() shuts the store first, and a request still inside then throws; the store is memory alone.
  Reflect.deleteProperty(server, 'close');
  return { url: await listenLocally(server, listen), close: () => closeServer(server) };
}
