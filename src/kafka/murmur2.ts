const seed = 0x9747b28c;
const m = 0x5bd1e995;
const r = 24;

/** Hash of a record's key by which every Kafka client chooses the partition; a signed number of 32 bits. */
export function murmur2(key: Uint8Array): number {
  const length = key.length;
  const view = new DataView(key.buffer, key.byteOffset, length);
  let h = seed ^ length;
  const whole = length & ~3;
  for (let at = 0; at < whole; at += 4) {
    let k = Math.imul(view.getInt32(at, true), m);
    k = Math.imul(k ^ (k >>> r), m);
    h = Math.imul(h, m) ^ k;
  }
  if (length > whole) {
    for (let at = length - 1; at >= whole; at--) h ^= view.getUint8(at) << (8 * (at - whole));
    h = Math.imul(h, m);
  }
  h = Math.imul(h ^ (h >>> 13), m);
  return h ^ (h >>> 15);
}
