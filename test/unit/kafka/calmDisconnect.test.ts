import { once } from 'node:events';
import { createRequire } from 'node:module';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { calmDisconnect } from '../../../src/kafka/calmDisconnect.ts';

interface Connection {
  connect(): Promise<boolean>;
  disconnect(): Promise<boolean>;
  isConnected(): boolean;
}
const Connection: new (options: object) => Connection = createRequire(import.meta.url)(
  'kafkajs/src/network/connection.js',
);
const nothing = (): void => undefined;
const logger = { namespace: () => ({ debug: nothing, error: nothing, warn: nothing, info: nothing }) };

it('leaves no listener at a socket that is closed, and connects again', async () => {
  calmDisconnect();
  const accepted: Socket[] = [];
  await using server = createServer((socket) => void accepted.push(socket.on('error', nothing)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const sockets: Socket[] = [];
  const socketFactory = ({ onConnect }: { readonly onConnect: () => void }): Socket => {
    const socket = connect(port, '127.0.0.1', onConnect);
    sockets.push(socket);
    return socket;
  };
  const connection = new Connection({
    host: '127.0.0.1',
    port,
    logger,
    socketFactory,
    connectionTimeout: 5_000,
    requestTimeout: 5_000,
  });
  await connection.connect();
  const [socket] = sockets;
  if (socket === undefined) throw new Error('nothing was connected');
  const closed = once(socket, 'close');
  await expect.poll(() => accepted.length).toBe(1);
  for (const own of accepted) own.destroy();
  await closed;
  for (let attempt = 0; attempt < 12; attempt++) await connection.disconnect();
  expect(socket.listenerCount('connect')).toBe(0);

  await connection.connect();
  expect([sockets.length, connection.isConnected()]).toEqual([2, true]);
  await connection.disconnect();
  await once(sockets[1] as Socket, 'close');
});
