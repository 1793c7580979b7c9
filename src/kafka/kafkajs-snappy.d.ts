declare module 'kafkajs-snappy' {
  interface SnappyCodec {
    compress(encoder: { readonly buffer: Buffer }): Promise<Buffer>;
    decompress(buffer: Buffer): Promise<Buffer>;
  }
  const codec: () => SnappyCodec;
  export = codec;
}
