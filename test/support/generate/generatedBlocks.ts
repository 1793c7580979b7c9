import type { z } from 'zod';
import { asyncEndpointOptions } from '../../../src/config/asyncEndpointOptions.ts';
import { backoffOptions } from '../../../src/config/backoffOptions.ts';
import { decodeOptions } from '../../../src/config/decodeOptions.ts';
import { deliveryOptions } from '../../../src/config/deliveryOptions.ts';
import { fileSinkOptions } from '../../../src/config/fileSinkOptions.ts';
import { folderSourceOptions } from '../../../src/config/folderSourceOptions.ts';
import { kafkaOptions } from '../../../src/config/kafkaOptions.ts';
import { kafkaReaderOptions } from '../../../src/config/kafkaReaderOptions.ts';
import { kafkaTransactionOptions } from '../../../src/config/kafkaTransactionOptions.ts';
import { kafkaWriterOptions } from '../../../src/config/kafkaWriterOptions.ts';
import { kinesisOptions } from '../../../src/config/kinesisOptions.ts';
import { kinesisReaderOptions } from '../../../src/config/kinesisReaderOptions.ts';
import { kinesisWriterOptions } from '../../../src/config/kinesisWriterOptions.ts';
import { pipelineOptions } from '../../../src/config/pipelineOptions.ts';
import { pollOptions } from '../../../src/config/pollOptions.ts';
import { redeliveryOptions } from '../../../src/config/redeliveryOptions.ts';
import { renderOptionTable } from '../../../src/config/renderOptionTable.ts';
import { renderErrorTable } from './renderErrorTable.ts';

/** The schemas whose tables a page may ask for with `<!-- generated:options NAME -->`. */
const schemas: Readonly<Record<string, z.ZodType>> = {
  backoff: backoffOptions,
  decode: decodeOptions,
  delivery: deliveryOptions,
  endpoint: asyncEndpointOptions,
  fileSink: fileSinkOptions,
  folderSource: folderSourceOptions,
  kafka: kafkaOptions,
  kafkaReader: kafkaReaderOptions,
  kafkaTransaction: kafkaTransactionOptions,
  kafkaWriter: kafkaWriterOptions,
  kinesis: kinesisOptions,
  kinesisReader: kinesisReaderOptions,
  kinesisWriter: kinesisWriterOptions,
  pipeline: pipelineOptions,
  poll: pollOptions,
  redelivery: redeliveryOptions,
};

/**
 * Renders what a page asks for between `<!-- generated:WHAT -->` and `<!-- /generated -->`.
 *
 * @throws Error when there is no such block.
 */
export function renderBlock(what: string): string {
  if (what === 'errors') return renderErrorTable();
  const schema = what.startsWith('options ') ? schemas[what.slice('options '.length)] : undefined;
  if (schema === undefined)
    throw new Error(`there is no generated block "${what}"; known: errors, options ${Object.keys(schemas).join('|')}`);
  return renderOptionTable(schema);
}
