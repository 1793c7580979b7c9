import type { Observable } from 'rxjs';
import type { z } from 'zod';
import { ConfigurationError } from '../errors/configurationError.ts';

/** What a pipeline is built from. */
export interface BuildContext<C> {
  readonly config: C;
  /** Name of the pipeline. */
  readonly name: string;
  /** Aborted when the pipeline is to finish what it has; hand it to the sources. */
  readonly drain: AbortSignal;
}

/** A pipeline as its author writes it. */
export interface PipelineDefinition<S extends z.ZodType> {
  /** Lower case letters, digits and `-`; names the pipeline in output records and spans. */
  readonly name: string;
  /** Schema of the configuration; strict objects, so that misspelt options fail. */
  readonly config: S;
  /** Makes the stream; nothing runs before it is subscribed. */
  readonly build: (context: BuildContext<z.output<S>>) => Observable<unknown>;
}

/** A pipeline to be run by {@link runPipeline} or `swath run`. */
export interface Pipeline<S extends z.ZodType = z.ZodType> extends PipelineDefinition<S> {
  readonly kind: 'swath.pipeline';
}

/**
 * Defines a pipeline; a pipeline file exports it as its default.
 *
 * @throws ConfigurationError when the name is not usable.
 * @example
 * export default definePipeline({
 *   name: 'copy',
 *   config: z.strictObject({ from: z.string() }),
 *   build: ({ config, drain }) =>
 *     fromFolder({ path: config.from, drain }).pipe(toFile({ path: 'out.jsonl', lines: ({ id }) => [{ id }] })),
 * });
 */
export function definePipeline<S extends z.ZodType>(definition: PipelineDefinition<S>): Pipeline<S> {
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(definition.name)) {
    const rule = 'must be lower case letters, digits and single hyphens';
    throw new ConfigurationError([{ field: 'name', rule, value: definition.name }]);
  }
  return Object.freeze({ ...definition, kind: 'swath.pipeline' });
}
