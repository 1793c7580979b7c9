import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Toxiproxy, type Proxy as Way } from 'toxiproxy-node-client';
import { freePorts } from '../kafka/freePorts.ts';
import { guard } from '../kafka/guard.ts';
import { fetchToxiproxy } from './fetchToxiproxy.ts';

/** A connection's fault, and what it can be told. */
export interface Toxics {
  latency: { latency: number; jitter: number };
  bandwidth: { rate: number };
  /** Ends connections with a reset, after so many milliseconds. */
  reset_peer: { timeout: number };
  /** Nothing passes; with 0 connections stay open, half-open for whoever waits for an answer. */
  timeout: { timeout: number };
  /** Closes each connection after so many bytes. */
  limit_data: { bytes: number };
}

/** A server's stand-in that breaks what passes through it. */
export interface ToxicProxy {
  readonly port: number;
  /** Adds a fault to the connections of now and later; answers how to remove it. */
  poison<K extends keyof Toxics>(
    type: K,
    attributes: Toxics[K],
    direction?: 'upstream' | 'downstream',
  ): Promise<() => Promise<void>>;
  /** Cuts all connections and takes no new ones until `open`. */
  shut(): Promise<void>;
  open(): Promise<void>;
}

/** A running toxiproxy. */
export interface ToxiproxyServer extends AsyncDisposable {
  /** Listens on `port` of loopback in front of `upstream`, another port of loopback. */
  proxy(port: number, upstream: number): Promise<ToxicProxy>;
}

const startLimitMs = 10_000;

/** Starts toxiproxy on loopback. Nothing outlives this process, however it ends. */
export async function startToxiproxy(): Promise<ToxiproxyServer> {
  const program = await fetchToxiproxy();
  const [port = 0] = await freePorts(1);
  const watch = guard(await mkdtemp(join(tmpdir(), 'swath-toxiproxy-')));
  const child = spawn(program, ['-host', '127.0.0.1', '-port', String(port)], { stdio: 'ignore' });
  const exited = once(child, 'exit');
  if (child.pid !== undefined) watch.add(child.pid);
  const client = new Toxiproxy(`http://127.0.0.1:${port}`);
  for (let waitedMs = 0; !(await client.getVersion().catch(() => undefined)); waitedMs += 20) {
    if (waitedMs > startLimitMs || child.exitCode !== null) throw new Error('toxiproxy did not start');
    await sleep(20);
  }
  return {
    async proxy(listen, upstream) {
      const body = { name: `to-${upstream}`, listen: `127.0.0.1:${listen}`, upstream: `127.0.0.1:${upstream}` };
      return toxicProxy(listen, await client.createProxy(body));
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await exited;
      await watch.close();
    },
  };
}

function toxicProxy(port: number, proxy: Way): ToxicProxy {
  const { listen, upstream } = proxy;
  let count = 0;
  return {
    port,
    async poison(type, attributes, stream = 'downstream') {
      count += 1;
      const toxic = await proxy.addToxic({ name: `${type}-${count}`, type, stream, toxicity: 1, attributes });
      return () => toxic.remove();
    },
    shut: async () => void (await proxy.update({ enabled: false, listen, upstream })),
    open: async () => void (await proxy.update({ enabled: true, listen, upstream })),
  };
}
