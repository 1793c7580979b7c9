// Second entry point of the package: what tests of pipelines and of own adapters are written with.
export { ackAll } from './testing/ackAll.ts';
export { envelopeOf, type TestDelivery, type TestDeliveryFacts } from './testing/envelopeOf.ts';
export { type MarbleHelpers, marbles } from './testing/marbles.ts';
export {
  type MemoryAnswer,
  type MemoryEndpoint,
  type MemoryEndpointOptions,
  memoryEndpoint,
} from './testing/memoryEndpoint.ts';
export { type MemoryLeaseStore, memoryLeaseStore } from './testing/memoryLeaseStore.ts';
export { type MemoryLog, type MemoryLogOptions, memoryLog } from './testing/memoryLog.ts';
export {
  type MemoryObjectStore,
  type MemoryObjectStoreOptions,
  memoryObjectStore,
} from './testing/memoryObjectStore.ts';
export { type MemoryWriter, memoryWriter } from './testing/memoryWriter.ts';
