import type { Origin } from '../tile/origin.ts';

/** Names a tile that has no id of its own: `<stream>-<partition>-<position>`. */
export function originName({ stream, partition, position }: Origin): string {
  return `${stream}-${partition}-${position}`;
}

/** Names an origin as a path: `<stream>/<partition>/<position>`, the subject of result events. */
export function originPath({ stream, partition, position }: Origin): string {
  return `${stream}/${partition}/${position}`;
}
