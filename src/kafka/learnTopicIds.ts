import { createRequire } from 'node:module';
import { type MetadataQuestion, metadataWithIds } from './metadataWithIds.ts';

type Protocol = (version: { readonly version: number }) => (question: MetadataQuestion) => object;
interface MetadataRequest {
  versions: readonly string[];
  protocol: Protocol;
}

const withIds = 10;
let learnt = false;

/**
 * Teaches kafkajs 2.2.4, which knows metadata up to version 6, the version that tells topics' ids. Brokers that do not speak it are
 * asked as before, and tell none.
 */
export function learnTopicIds(): void {
  if (learnt) return;
  learnt = true;
  const { requests } = createRequire(import.meta.url)('kafkajs/src/protocol/requests/index.js') as {
    readonly requests: { readonly Metadata: MetadataRequest };
  };
  const { versions, protocol } = requests.Metadata;
  const newestOfTheirs = Math.max(...versions.map(Number));
  requests.Metadata.versions = [...versions, String(withIds)];
  requests.Metadata.protocol = ({ version }) =>
    version >= withIds ? metadataWithIds : protocol({ version: Math.min(version, newestOfTheirs) });
}
