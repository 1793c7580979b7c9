import { connect, createServer, type Socket } from 'node:net';
import { cutFrames } from './cutFrames.ts';
import { type Lag, MetadataLag } from './metadataLag.ts';
import { headOf, placesOfCodes, type RequestHead } from './placesOfCodes.ts';

/** Numbers of the protocol's requests. */
export const requestKeys = {
  produce: 0,
  fetch: 1,
  metadata: 3,
  commitGroup: 8,
  findCoordinator: 10,
  heartbeat: 12,
  initProducerId: 22,
  addOffsets: 25,
  endTransaction: 26,
  commitOffsets: 28,
} as const;

/** What a {@link FrameProxy} does to a request of one kind: loses it before the broker has it, or loses the answer. */
export interface LostFrame {
  readonly request: keyof typeof requestKeys;
  readonly loses: 'request' | 'answer';
}

/** An error code that the broker's answer to a request about a topic carries instead of its own. */
export interface WrongAnswer {
  readonly request: 'produce' | 'fetch' | 'commitGroup' | 'heartbeat';
  /** Of a heartbeat: what the name of its group contains. */
  readonly topic: string;
  readonly code: number;
  /** Whether the broker did what was asked all the same; else it was asked about a topic that is not there. */
  readonly done?: boolean;
  /** Only a request that contains this. */
  readonly text?: string;
}

/** One thing that a {@link FrameProxy} does to one request. */
export type FrameFault = LostFrame | WrongAnswer;

/** Faults on their way. */
export interface Strike {
  /** Faults that have not struck. */
  readonly left: number;
  /** Spares what has not been struck. */
  lift(): void;
}

/** A proxy that knows Kafka's requests by their kind, and does harm to some. */
export interface FrameProxy extends AsyncDisposable {
  /** Strikes the next requests of that kind, one for each entry. */
  strike(...faults: FrameFault[]): Strike;
  /** Faults that have not struck. */
  readonly left: number;
  /** From now on every second answer about the topic's metadata is an old one. */
  lag(topic: string): Lag;
}

interface Awaited {
  readonly head: RequestHead;
  readonly wrong: WrongAnswer;
}

/** Starts a proxy on a loopback port before a broker on another. */
export async function startFrameProxy(port: number, broker: number): Promise<FrameProxy> {
  let faults: FrameFault[] = [];
  const lag = new MetadataLag();
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(broker, '127.0.0.1');
    const awaited = new Map<number, Awaited>(); // by the number of the request
    const questions = new Map<number, Buffer>(); // for metadata, by the number of the request
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
    const ask = (frame: Buffer): void => {
      if (client.destroyed) return;
      const head = headOf(frame);
      if (head.key === requestKeys.metadata) questions.set(head.correlation, Buffer.from(frame));
      const fault = faults.find((own) => strikes(own, head, frame));
      if (fault !== undefined) faults.splice(faults.indexOf(fault), 1);
      if (fault !== undefined && 'code' in fault) {
        awaited.set(head.correlation, { head, wrong: fault });
        if (fault.done !== true) rename(frame, fault.topic, strangerTo(fault.topic));
      } else if (fault?.loses === 'request') {
        cut();
        return;
      } else if (fault?.loses === 'answer') deaf = true;
      upstream.write(frame);
    };
    const answer = (frame: Buffer): void => {
      if (deaf) {
        cut();
        return;
      }
      const correlation = frame.readInt32BE(4);
      const own = awaited.get(correlation);
      awaited.delete(correlation);
      if (own !== undefined) falsify(frame, own);
      const question = questions.get(correlation);
      questions.delete(correlation);
      client.write(question === undefined ? frame : lag.answerTo(question, frame));
    };
    client.on('data', cutFrames(ask));
    upstream.on('data', cutFrames(answer));
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    strike(...more) {
      const own = more.map((fault) => ({ ...fault }));
      faults.push(...own);
      return {
        get left() {
          return faults.filter((fault) => own.includes(fault)).length;
        },
        lift: () => {
          faults = faults.filter((fault) => !own.includes(fault));
        },
      };
    },
    get left() {
      return faults.length;
    },
    lag: (topic) => lag.begin(topic),
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function strikes(fault: FrameFault, { key }: RequestHead, frame: Buffer): boolean {
  if (requestKeys[fault.request] !== key) return false;
  if ('loses' in fault) return true;
  return frame.includes(fault.topic) && (fault.text === undefined || frame.includes(fault.text));
}

/** A name of the same length under which there is no topic. */
const strangerTo = (topic: string): string => `X${topic.slice(1)}`;

/** Writes another name where the whole of a text is `from`; names of groups and the like that contain it stay. */
function rename(frame: Buffer, from: string, to: string): void {
  const text = Buffer.from(`\0\0${from}`);
  text.writeInt16BE(text.length - 2);
  const at = frame.indexOf(text);
  if (at >= 0) frame.write(to, at + 2);
}

function falsify(frame: Buffer, { head, wrong: { topic, code } }: Awaited): void {
  rename(frame, strangerTo(topic), topic);
  for (const place of placesOfCodes(head, frame, topic)) frame.writeInt16BE(code, place);
}
