import { isFreePort } from './isFreePort.ts';

const lowest = 20_000;
const highest = 32_000; // outgoing connections take theirs above: a broker that restarts must find its port free

/** Finds `count` different loopback ports that nothing listens on, below the range of outgoing connections. */
export async function freePorts(count: number, random: () => number = Math.random): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = lowest + Math.floor(random() * (highest - lowest));
    if (!ports.has(port) && (await isFreePort(port))) ports.add(port);
  }
  return [...ports];
}
