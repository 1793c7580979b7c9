import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { ClientVersionError } from '../errors/clientVersionError.ts';
import { neededClient } from './neededClient.ts';

const require = createRequire(import.meta.url);
const { name: client, version: needed } = neededClient;

/** What is used of the client's inside: modules, and the ways to functions in them; an empty one is the module itself. */
const parts: Readonly<Record<string, readonly string[]>> = {
  'broker/index.js': methods(
    'addOffsetsToTxn',
    'addPartitionsToTxn',
    'endTxn',
    'fetch',
    'initProducerId',
    'listOffsets',
  ),
  'cluster/index.js': methods(
    'addTargetTopic',
    'findBroker',
    'findGroupCoordinator',
    'findLeaderForPartitions',
    'metadata',
  ),
  'consumer/consumerGroup.js': methods('commitOffsets', 'heartbeat', 'joinAndSync'),
  'consumer/offsetManager/index.js': methods('setDefaultOffset'),
  'network/connection.js': methods('disconnect'),
  'network/connectionPool.js': methods('send'),
  'network/requestQueue/index.js': methods('scheduleCheckPendingRequests'),
  'protocol/decoder.js': [''],
  'protocol/encoder.js': [''],
  'protocol/error.js': ['createErrorFromCode'],
  'protocol/message/compression/index.js': ['lookupCodec'],
  'protocol/recordBatch/record/v0/decoder.js': [''],
  'protocol/recordBatch/record/v0/index.js': [''],
  'protocol/recordBatch/v0/decoder.js': [''],
  'protocol/recordBatch/v0/index.js': ['RecordBatch'],
  'protocol/requests/index.js': ['requests.Metadata.protocol'],
  'protocol/requests/metadata/v6/response.js': ['parse'],
};

let checked = false;

/**
 * Makes sure that the Kafka client is the one that swath mends from inside. With another a mending would fail, or do nothing in silence,
 * and records would be lost or repeated.
 *
 * @throws ClientVersionError
 */
export function checkClient(): void {
  if (checked) return;
  const { version, folder } = installed();
  const where = ` in ${folder}`;
  if (version !== needed) throw new ClientVersionError(client, needed, version, where);
  for (const [module, ways] of Object.entries(parts)) {
    const way = ways.find((own) => !isFunction(module, own));
    if (way === undefined) continue;
    const missing = `${where}, which is not the original: src/${module} has no ${way || 'function'}`;
    throw new ClientVersionError(client, needed, version, missing);
  }
  checked = true;
}

function installed(): { readonly version: string; readonly folder: string } {
  try {
    const path = require.resolve(`${client}/package.json`);
    const { version } = require(path) as { version: string };
    return { version, folder: dirname(path) };
  } catch (cause) {
    throw new ClientVersionError(client, needed, undefined, '', { cause });
  }
}

function methods(...names: readonly string[]): string[] {
  return names.map((name) => `prototype.${name}`);
}

function isFunction(module: string, way: string): boolean {
  try {
    let part: unknown = require(`${client}/src/${module}`);
    for (const own of way.split('.').filter(Boolean)) part = (part as Readonly<Record<string, unknown>>)[own];
    return typeof part === 'function';
  } catch {
    return false;
  }
}
