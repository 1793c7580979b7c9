import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';
import kafkajs from 'kafkajs';
import snappy from 'kafkajs-snappy';

/** What kafkajs wants of a codec. */
interface KafkaCodec {
  compress(encoder: { readonly buffer: Buffer }): Promise<Buffer>;
  decompress(buffer: Buffer): Promise<Buffer>;
}

const zip = promisify(zstdCompress);
const unzip = promisify(zstdDecompress);
// Loaded with the first batch that needs it: npm leaves its native part out together with the optional packages.
const lz4: KafkaCodec = {
  compress: async ({ buffer }) => (await import('lz4-napi')).compressFrame(buffer),
  decompress: async (buffer) => (await import('lz4-napi')).decompressFrame(buffer),
};
const zstd: KafkaCodec = { compress: ({ buffer }) => zip(buffer), decompress: (buffer) => unzip(buffer) };

/** Teaches kafkajs the codecs it knows by name only; gzip is built in. */
export function registerKafkaCodecs(): void {
  const { CompressionCodecs, CompressionTypes } = kafkajs;
  CompressionCodecs[CompressionTypes.Snappy] = snappy;
  CompressionCodecs[CompressionTypes.LZ4] = () => lz4;
  CompressionCodecs[CompressionTypes.ZSTD] = () => zstd;
}
