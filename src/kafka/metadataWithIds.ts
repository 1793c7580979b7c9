import { createRequire } from 'node:module';
import { type WireDecoder, type WireEncoder, wireCodec } from './wireCodec.ts';

/** What kafkajs asks when it asks for metadata. */
export interface MetadataQuestion {
  /** None stands for all. */
  readonly topics: readonly string[];
  readonly allowAutoTopicCreation?: boolean;
}

const require = createRequire(import.meta.url);
const apiKey = 3;
const idBytes = 16;
const lengthOfInt32 = 4;

/** Version 10 of the Metadata request (KIP-516, Apache Kafka 2.8), which tells topics' ids: as kafkajs wants a request and its answer described. */
export function metadataWithIds({ topics, allowAutoTopicCreation = true }: MetadataQuestion): object {
  const { parse } = require('kafkajs/src/protocol/requests/metadata/v6/response.js') as { parse: unknown };
  return {
    request: {
      ...{ apiKey, apiVersion: 10, apiName: 'Metadata' },
      encode: async () => encodeQuestion(topics, allowAutoTopicCreation),
    },
    response: { decode: async (raw: Buffer) => decodeMetadata(raw), parse },
  };
}

function encodeQuestion(topics: readonly string[], allowAutoTopicCreation: boolean): WireEncoder {
  const noId = Buffer.alloc(idBytes);
  const named = (topic: string): WireEncoder =>
    wireCodec.encoder().writeBuffer(noId).writeUVarIntString(topic).writeUVarIntBytes();
  return wireCodec
    .encoder()
    .writeUVarIntBytes() // tagged fields of the head, which kafkajs does not know of
    .writeUVarIntArray(topics.length === 0 ? null : topics.map(named))
    .writeBoolean(allowAutoTopicCreation)
    .writeBoolean(false) // operations that are allowed on the cluster
    .writeBoolean(false) // operations that are allowed on each topic
    .writeUVarIntBytes();
}

/** Decodes the answer to version 10 into what kafkajs makes of version 6, with the topic's id at each partition. */
export function decodeMetadata(raw: Buffer) {
  const decoder = wireCodec.decoder(raw);
  decoder.readTaggedFields(); // of the head
  return {
    clientSideThrottleTime: decoder.readInt32(),
    throttleTime: 0,
    brokers: decoder.readUVarIntArray(brokerOf) ?? [],
    clusterId: decoder.readUVarIntString(),
    controllerId: decoder.readInt32(),
    topicMetadata: decoder.readUVarIntArray(topicOf) ?? [],
  };
}

function brokerOf(decoder: WireDecoder) {
  const nodeId = decoder.readInt32();
  const host = decoder.readUVarIntString();
  const port = decoder.readInt32();
  const rack = decoder.readUVarIntString();
  decoder.readTaggedFields();
  return { nodeId, host, port, rack };
}

function topicOf(decoder: WireDecoder) {
  const topicErrorCode = decoder.readInt16();
  const topic = decoder.readUVarIntString();
  const id = decoder.readBytes(idBytes);
  const topicId = id.every((byte) => byte === 0) ? undefined : id.toString('base64url'); // as Apache Kafka prints it; zeros are none
  const isInternal = decoder.readBoolean();
  const partitions = decoder.readUVarIntArray(partitionOf) ?? [];
  decoder.offset += lengthOfInt32; // operations that are allowed
  decoder.readTaggedFields();
  return { topicErrorCode, topic, isInternal, partitionMetadata: partitions.map((own) => ({ ...own, topicId })) };
}

function partitionOf(decoder: WireDecoder) {
  const partitionErrorCode = decoder.readInt16();
  const partitionId = decoder.readInt32();
  const leader = decoder.readInt32();
  decoder.offset += lengthOfInt32; // the leader's epoch
  const replicas = numbersOf(decoder);
  const isr = numbersOf(decoder);
  const offlineReplicas = numbersOf(decoder);
  decoder.readTaggedFields();
  return { partitionErrorCode, partitionId, leader, replicas, isr, offlineReplicas };
}

function numbersOf(decoder: WireDecoder): number[] {
  return decoder.readUVarIntArray((own) => own.readInt32()) ?? [];
}
