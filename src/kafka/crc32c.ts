const polynomial = 0x82f63b78; // Castagnoli's, its bits reversed
const lanes = 16;

/** `tables[lane * 256 + byte]`: what a byte adds to the sum when so many others follow it in its group of sixteen. */
const tables = makeTables();

function makeTables(): Int32Array {
  const made = new Int32Array(lanes * 256);
  for (let byte = 0; byte < 256; byte++) {
    let sum = byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? polynomial : 0);
    made[byte] = sum;
  }
  for (let at = 256; at < made.length; at++) {
    const before = made[at - 256] ?? 0;
    made[at] = (before >>> 8) ^ (made[before & 0xff] ?? 0);
  }
  return made;
}

/**
 * CRC-32C (Castagnoli), the checksum of Kafka's record batches, sixteen bytes at a time ("slicing"): kafkajs sums up byte by
 * byte, which is a fifth of what writing a record costs.
 */
export function crc32c(bytes: Uint8Array): number {
  const t = tables;
  let sum = -1;
  let at = 0;
  for (const end = bytes.length - (bytes.length % lanes); at < end; at += lanes) {
    sum =
      look(t, 15, byte(bytes, at) ^ sum) ^
      look(t, 14, byte(bytes, at + 1) ^ (sum >>> 8)) ^
      look(t, 13, byte(bytes, at + 2) ^ (sum >>> 16)) ^
      look(t, 12, byte(bytes, at + 3) ^ (sum >>> 24)) ^
      look(t, 11, byte(bytes, at + 4)) ^
      look(t, 10, byte(bytes, at + 5)) ^
      look(t, 9, byte(bytes, at + 6)) ^
      look(t, 8, byte(bytes, at + 7)) ^
      look(t, 7, byte(bytes, at + 8)) ^
      look(t, 6, byte(bytes, at + 9)) ^
      look(t, 5, byte(bytes, at + 10)) ^
      look(t, 4, byte(bytes, at + 11)) ^
      look(t, 3, byte(bytes, at + 12)) ^
      look(t, 2, byte(bytes, at + 13)) ^
      look(t, 1, byte(bytes, at + 14)) ^
      look(t, 0, byte(bytes, at + 15));
  }
  for (; at < bytes.length; at++) sum = look(t, 0, byte(bytes, at) ^ sum) ^ (sum >>> 8);
  return (sum ^ -1) >>> 0;
}

const look = (table: Int32Array, lane: number, value: number): number => table[lane * 256 + (value & 0xff)] as number;
const byte = (bytes: Uint8Array, at: number): number => bytes[at] as number;
