import { createRequire } from 'node:module';

/** Writes the primitives of Kafka's protocol; what is used here of kafkajs's own. */
export interface WireEncoder {
  writeBoolean(value: boolean): this;
  writeBuffer(value: Buffer): this;
  writeUVarInt(value: number): this;
  writeUVarIntArray(items: readonly WireEncoder[] | null): this;
  writeUVarIntBytes(): this;
  writeUVarIntString(value: string): this;
}

/** Reads the primitives of Kafka's protocol; what is used here of kafkajs's own. */
export interface WireDecoder {
  readonly buffer: Buffer;
  offset: number;
  readBytes(length: number): Buffer;
  readInt8(): number;
  readInt16(): number;
  readInt32(): number;
  readInt64(): bigint;
  readBoolean(): boolean;
  readVarInt(): number;
  readVarLong(): { toString(): string };
  readVarIntBytes(): Buffer | null;
  readVarIntString(): string | null;
  readUVarInt(): number;
  readUVarIntString(): string | null;
  readUVarIntArray<T>(read: (decoder: WireDecoder) => T): T[] | null;
  readTaggedFields(): unknown;
}

const require = createRequire(import.meta.url);

/** The encoder and the decoder of kafkajs 2.2.4, for requests that it does not speak. */
export const wireCodec = {
  encoder(): WireEncoder {
    const Encoder = require('kafkajs/src/protocol/encoder.js') as new () => WireEncoder;
    return new Encoder();
  },
  decoder(raw: Buffer): WireDecoder {
    const Decoder = require('kafkajs/src/protocol/decoder.js') as new (raw: Buffer) => WireDecoder;
    return new Decoder(raw);
  },
} as const;
