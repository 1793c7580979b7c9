import { hash } from 'node:crypto';
import type { Origin } from '../tile/origin.ts';

/**
 * Names the job of a tile, the same each time the tile is delivered: `<stream>/<partition>/<28 hex digits>`.
 *
 * The last part is short enough for the `Filename` of InvokeEndpointAsync (32 characters) and differs for every endpoint, position
 * and id: two endpoints that leave their outputs in one place do not take each other's. It differs for every id of the stream, too: where
 * a topic is made anew, or another cluster has one of its name, other tiles lie at the same positions.
 */
export function jobName(endpoint: string, { stream, partition, position, streamId }: Origin, tileId: string): string {
  const stands = streamId === undefined ? position : `${streamId}\n${position}`;
  const digest = hash('sha256', `${endpoint}\n${stands}\n${tileId}`, 'hex').slice(0, 28);
  return `${safe(stream)}/${safe(partition)}/${digest}`;
}

function safe(name: string): string {
  return name.replaceAll(/[^a-zA-Z0-9_.-]/g, '-');
}
