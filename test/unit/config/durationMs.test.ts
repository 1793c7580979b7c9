import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import kafkaInfer from '../../../pipelines/kafka-infer.ts';
import kinesisInfer from '../../../pipelines/kinesis-infer.ts';
import { checkConfig } from '../../../src/config/checkConfig.ts';
import { longestTimerMs } from '../../../src/config/longestTimerMs.ts';
import { pipelineOptions } from '../../../src/config/pipelineOptions.ts';
import { type SchemaNode, schemaNode } from '../../../src/config/schemaNode.ts';

describe('options in milliseconds', () => {
  it('refuse what a timer would take for at once', () => {
    const rule = 'drainMs: must be a whole number from 1 to 2147483647, got 3000000000';
    expect(() => checkConfig(pipelineOptions, { drainMs: 3_000_000_000 })).toThrow(rule);
    expect(checkConfig(pipelineOptions, { drainMs: longestTimerMs }).drainMs).toBe(longestTimerMs);
  });

  it.each([kafkaInfer, kinesisInfer])('all do: $name', ({ config }: { readonly config: z.ZodType }) => {
    const times = timesOf(schemaNode(config), '');
    expect(times.length).toBeGreaterThan(10);
    expect(times.filter(({ node }) => (node.maximum ?? Infinity) > longestTimerMs)).toEqual([]);
  });
});

/** All numbers of a schema that are told in milliseconds. */
function timesOf(node: SchemaNode, name: string): { readonly name: string; readonly node: SchemaNode }[] {
  if (node.unit === 'ms') return [{ name, node }];
  const inside = [...(node.anyOf ?? []), ...(node.oneOf ?? [])].map((one) => [name, one] as const);
  return [...inside, ...Object.entries(node.properties ?? {})].flatMap(([own, one]) => timesOf(one, own));
}
