import type { Transform } from 'node:stream';
import { createUnzip, createZstdDecompress } from 'node:zlib';
import kafkajs from 'kafkajs';
import { lz4Blocks } from './lz4Blocks.ts';

const { CompressionTypes } = kafkajs;
const codecs: Readonly<Record<number, () => { decompress(packed: Buffer): Promise<Buffer> }>> =
  kafkajs.CompressionCodecs;
const mostPartBytes = 262_144;
const fewestPartBytes = 16_384;

/**
 * Unpacks what a codec packed, part by part as the parts are taken: who stops early has not paid for the rest, in time or in memory.
 *
 * Snappy comes in one part: it packs to a twentieth at best, where the others pack blanks to a thousandth.
 */
export function unpackInParts(codec: number, packed: Buffer): AsyncIterable<Buffer, void, undefined> {
  const chunkSize = Math.min(mostPartBytes, Math.max(fewestPartBytes, packed.length * 4));
  if (codec === CompressionTypes.GZIP) return through(createUnzip({ chunkSize }), packed);
  if (codec === CompressionTypes.ZSTD) return through(createZstdDecompress({ chunkSize }), packed);
  return codec === CompressionTypes.LZ4 ? lz4Parts(packed) : whole(codec, packed);
}

function through(unzip: Transform, packed: Buffer): AsyncIterable<Buffer, void, undefined> {
  unzip.end(packed);
  return unzip;
}

async function* lz4Parts(packed: Buffer): AsyncGenerator<Buffer, void, undefined> {
  const frame = lz4Blocks(packed);
  if (frame === undefined) return yield* whole(CompressionTypes.LZ4, packed);
  const { uncompressSync } = await import('lz4-napi');
  const size = Buffer.alloc(4);
  size.writeUInt32LE(frame.maxBytes);
  for (const { bytes, isPacked } of frame.blocks) yield isPacked ? uncompressSync(Buffer.concat([size, bytes])) : bytes;
}

async function* whole(codec: number, packed: Buffer): AsyncGenerator<Buffer, void, undefined> {
  const find = codecs[codec];
  if (find === undefined) throw new TypeError(`codec ${codec} is not known`);
  yield await find().decompress(packed);
}
