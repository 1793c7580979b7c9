import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { portError } from './portError.ts';

/** Where a stand-in listens. */
export interface ListenOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Name of the option that gave the port, for messages. */
  readonly option: string;
}

/** Longer than the keep-alive of the clients, so that none of them meets a socket that the server is just closing. */
const KEEP_ALIVE_MS = 120_000;

/**
 * Makes a server listen and answers its base URL, without a slash at its end.
 *
 * @throws ConfigurationError when the port is taken or not permitted.
 */
export async function listenLocally(server: Server, { host, port, option }: ListenOptions): Promise<string> {
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  await new Promise<void>((resolve, reject) => {
    const refused = (cause: Error): void => reject(portError(option, port, cause));
    server.once('error', refused);
    server.listen(port, host, () => {
      server.off('error', refused);
      resolve();
    });
  });
  const bound = (server.address() as AddressInfo).port;
  return `http://${host.includes(':') ? `[${host}]` : host}:${bound}`;
}
