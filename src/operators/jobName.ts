import { hash } from 'node:crypto';
import type { Origin } from '../tile/origin.ts';

/**
 * Names the job of a tile, the same each time the tile is delivered: `<stream>/<partition>/<28 hex digits>`.
 *
 * The last part is short enough for the `Filename` of InvokeEndpointAsync (32 characters) and differs for every endpoint, position
 * and id: two endpoints that leave their outputs in one place do not take each other's.
 */
export function jobName(endpoint: string, { stream, partition, position }: Origin, tileId: string): string {
  const digest = hash('sha256', `${endpoint}\n${position}\n${tileId}`, 'hex').slice(0, 28);
  return `${safe(stream)}/${safe(partition)}/${digest}`;
}

function safe(name: string): string {
  return name.replaceAll(/[^a-zA-Z0-9_.-]/g, '-');
}
