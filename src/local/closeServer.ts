import type { Server } from 'node:http';

/** Stops a server at once: no new connections, and the open ones are cut. Idempotent. */
export async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return;
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
