/** What stands beside a committed offset: the map, and the topic that it was committed to. */
export interface StampedMap {
  readonly map: string;
  /** Id of the topic; absent where brokers tell none, and in what other programs commit. */
  readonly log: string | undefined;
}

const mark = '#log=';
const idLength = 22;

/** Most characters that {@link stampMap} adds. */
export const stampLength = mark.length + idLength;

/** Writes the topic's id behind the map: a topic that is deleted and made anew has the same name, but another id. */
export function stampMap({ map, log }: StampedMap): string {
  return log === undefined ? map : `${map}${mark}${log}`;
}

/** Reads what {@link stampMap} wrote; all of another program's text is the map. */
export function readStamp(metadata: string): StampedMap {
  const at = metadata.length - stampLength;
  if (at < 0 || !metadata.startsWith(mark, at)) return { map: metadata, log: undefined };
  return { map: metadata.slice(0, at), log: metadata.slice(at + mark.length) };
}
