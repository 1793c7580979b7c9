import { connect, createServer, type Socket } from 'node:net';

/** Numbers of the protocol's requests. */
export const requestKeys = {
  produce: 0,
  initProducerId: 22,
  addOffsets: 25,
  endTransaction: 26,
  commitOffsets: 28,
} as const;

/** What a {@link FrameProxy} does to requests of one kind: loses them before the broker has them, or loses the answers. */
export interface FrameFault {
  readonly request: keyof typeof requestKeys;
  readonly loses: 'request' | 'answer';
}

/** A proxy that knows Kafka's requests by their kind, and cuts the connection at one. */
export interface FrameProxy extends AsyncDisposable {
  /** Strikes the next requests of that kind, one for each entry. */
  strike(...faults: FrameFault[]): void;
  /** Faults that have not struck. */
  readonly left: number;
}

/** Starts a proxy on a loopback port before a broker on another. */
export async function startFrameProxy(port: number, broker: number): Promise<FrameProxy> {
  const faults: FrameFault[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(broker, '127.0.0.1');
    let rest = Buffer.alloc(0);
    let deaf = false; // the answers of this connection are lost from here on
    const cut = (): void => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', cut).on('close', () => {
        sockets.delete(socket);
        cut();
      });
    }
    const pass = (frame: Buffer): void => {
      const key = frame.readInt16BE(4);
      const at = faults.findIndex(({ request }) => requestKeys[request] === key);
      const [fault] = at < 0 ? [] : faults.splice(at, 1);
      if (fault?.loses === 'request') {
        cut();
        return;
      }
      if (fault?.loses === 'answer') deaf = true;
      upstream.write(frame);
    };
    client.on('data', (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk]);
      while (rest.length >= 6 && rest.length >= 4 + rest.readInt32BE(0) && !client.destroyed) {
        const size = 4 + rest.readInt32BE(0);
        pass(rest.subarray(0, size));
        rest = rest.subarray(size);
      }
    });
    upstream.on('data', (chunk: Buffer) => {
      if (deaf) cut();
      else client.write(chunk);
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    strike: (...more) => void faults.push(...more),
    get left() {
      return faults.length;
    },
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
