/** A block of an LZ4 frame. */
export interface Lz4Block {
  readonly bytes: Buffer;
  readonly isPacked: boolean;
}

const magic = 0x184d2204;
const independentFlag = 0x20;
const blockChecksumFlag = 0x10;
const contentSizeFlag = 0x08;
const dictionaryFlag = 0x01;
const plainFlag = 0x80000000;

/** Cuts an LZ4 frame into its blocks; `undefined` where they need one another, which no Kafka producer known to us asks for. */
export function lz4Blocks(
  frame: Buffer,
): { readonly maxBytes: number; readonly blocks: Iterable<Lz4Block> } | undefined {
  if (frame.length < 7 || frame.readUInt32LE(0) !== magic) return undefined;
  const flags = frame.readUInt8(4);
  if ((flags & independentFlag) === 0 || (flags & dictionaryFlag) !== 0) return undefined;
  const maxBytes = 2 ** (8 + 2 * ((frame.readUInt8(5) >> 4) & 0x07)); // 4 is 64 KiB, 7 is 4 MiB
  const start = 7 + ((flags & contentSizeFlag) === 0 ? 0 : 8);
  return { maxBytes, blocks: cut(frame, start, (flags & blockChecksumFlag) === 0 ? 0 : 4) };
}

function* cut(frame: Buffer, start: number, checksumBytes: number): Generator<Lz4Block> {
  for (let at = start; ; ) {
    const head = frame.readUInt32LE(at);
    if (head === 0) return;
    const isPacked = head < plainFlag;
    const end = at + 4 + (isPacked ? head : head - plainFlag);
    if (end > frame.length) throw new RangeError('an LZ4 block is longer than its frame');
    yield { bytes: frame.subarray(at + 4, end), isPacked };
    at = end + checksumBytes;
  }
}
