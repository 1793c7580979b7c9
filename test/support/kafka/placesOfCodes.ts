/** What a request says about itself: its kind and version, by which its answer is laid out. */
export interface RequestHead {
  readonly key: number;
  readonly version: number;
  readonly correlation: number;
}

/** Reads the head of a request, size included. */
export function headOf(frame: Buffer): RequestHead {
  return { key: frame.readInt16BE(4), version: frame.readInt16BE(6), correlation: frame.readInt32BE(8) };
}

const heartbeat = 12;
const afterCorrelation = 8; // the size, and the number of the request

/** Bytes before the topics of an answer: a throttle time, and the session of a fetch. A heartbeat's one code stands there. */
const leads: Readonly<Record<number, (version: number) => number>> = {
  0: () => 0,
  1: (version) => (version >= 7 ? 10 : 4),
  8: (version) => (version >= 3 ? 4 : 0),
  12: (version) => (version >= 1 ? 4 : 0),
};

/** Length of what follows the error code of a partition. */
const rests: Readonly<Record<number, (version: number, answer: Buffer, at: number) => number>> = {
  0: (version) => 8 + (version >= 2 ? 8 : 0) + (version >= 5 ? 8 : 0),
  1: (version, answer, at) => {
    const aborted = at + 16 + (version >= 5 ? 8 : 0);
    const replica = aborted + 4 + 16 * Math.max(0, answer.readInt32BE(aborted)) + (version >= 11 ? 4 : 0);
    return replica + 4 + Math.max(0, answer.readInt32BE(replica)) - at;
  },
  8: () => 0,
};

/** Newest version of each kind that is laid out as this file knows it; the Kafka client speaks no newer ones. */
const newest: Readonly<Record<number, number>> = { 0: 7, 1: 11, 8: 5, 12: 3 };

/**
 * Finds the error codes of an answer to Produce, Fetch or OffsetCommit that belong to partitions of a topic, and that of a Heartbeat.
 *
 * @throws RangeError for an answer that is laid out otherwise.
 */
export function placesOfCodes({ key, version }: RequestHead, answer: Buffer, topic: string): number[] {
  const [lead, rest] = [leads[key], rests[key]];
  if (key === heartbeat && lead !== undefined && version <= (newest[key] ?? -1))
    return [afterCorrelation + lead(version)];
  if (lead === undefined || rest === undefined || version > (newest[key] ?? -1))
    throw new RangeError(`no answer to request ${key} in version ${version} can be read here`);
  const places: number[] = [];
  let at = afterCorrelation + lead(version);
  const count = answer.readInt32BE(at);
  at += 4;
  for (let i = 0; i < count; i++) {
    const length = answer.readInt16BE(at);
    const name = answer.toString('utf8', at + 2, at + 2 + length);
    const partitions = answer.readInt32BE(at + 2 + length);
    at += 6 + length;
    for (let j = 0; j < partitions; j++) {
      if (name === topic) places.push(at + 4);
      at += 6;
      at += rest(version, answer, at);
    }
  }
  return places;
}
