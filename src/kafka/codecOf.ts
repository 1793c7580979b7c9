import kafkajs, { type CompressionTypes } from 'kafkajs';

const codecs = {
  none: kafkajs.CompressionTypes.None,
  gzip: kafkajs.CompressionTypes.GZIP,
  snappy: kafkajs.CompressionTypes.Snappy,
  lz4: kafkajs.CompressionTypes.LZ4,
  zstd: kafkajs.CompressionTypes.ZSTD,
} as const;

/** The client's name of a codec. */
export function codecOf(compression: keyof typeof codecs): CompressionTypes {
  return codecs[compression];
}
