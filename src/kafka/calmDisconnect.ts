import { createRequire } from 'node:module';

interface Connection {
  socket: { readonly destroyed: boolean } | undefined;
}
interface ConnectionClass {
  readonly prototype: { disconnect(this: Connection): Promise<boolean> };
}

let calmed = false;

/**
 * Lets kafkajs 2.2.4 forget a socket that is closed when it disconnects.
 *
 * It disconnects again at each failed attempt to reach a broker, and each time leaves a listener at the socket that closed long ago: Node
 * prints a warning about them on the user's terminal when a broker is away for some seconds.
 */
export function calmDisconnect(): void {
  if (calmed) return;
  calmed = true;
  const { prototype } = createRequire(import.meta.url)('kafkajs/src/network/connection.js') as ConnectionClass;
  const { disconnect } = prototype;
  prototype.disconnect = function (this: Connection): Promise<boolean> {
    if (this.socket?.destroyed) this.socket = undefined; // a new one is made by connecting
    return disconnect.call(this);
  };
}
