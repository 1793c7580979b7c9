import { type ListenOptions, Server } from 'node:net';

// Loaded into servers of others before they begin: they would listen on all interfaces, and outlive the process that started them.
const listen: (this: Server, options: ListenOptions, listening?: () => void) => Server = Server.prototype.listen;
Server.prototype.listen = function onLoopback(this: Server, first?: unknown, ...rest: unknown[]): Server {
  const options: ListenOptions = typeof first === 'object' && first !== null ? first : { port: Number(first) };
  const listening = rest.find((each): each is () => void => typeof each === 'function');
  return listen.call(this, { ...options, host: '127.0.0.1' }, listening);
};
process.stdin.on('end', () => process.exit()).resume();
