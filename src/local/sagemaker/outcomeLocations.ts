import { randomUUID } from 'node:crypto';
import type { Invocation } from './invocation.ts';
import type { LocalEndpoint } from './localEndpoint.ts';

/** Where a job leaves its outcome. */
export interface OutcomeLocations {
  readonly output: string;
  /** Absent where the endpoint has no failure path. */
  readonly failure: string | undefined;
}

/**
 * Decides where a job leaves its outcome: the endpoint's path, then the request's path extension and file name.
 *
 * Without a file name it is a random one: notifications of the service show names that differ from the InferenceId, so
 * nothing may be concluded from it. A failure object has `-error` before the ending.
 */
export function outcomeLocations(
  endpoint: Pick<LocalEndpoint, 'outputPath' | 'failurePath'>,
  { pathExtension, filename = `${randomUUID()}.out` }: Pick<Invocation, 'pathExtension' | 'filename'>,
): OutcomeLocations {
  const under = (path: string, file: string): string =>
    [path, pathExtension ?? '', file]
      .map((part) => part.replace(/^\/+|\/+$/g, ''))
      .filter(Boolean)
      .join('/');
  const dot = filename.lastIndexOf('.');
  const errorFile = dot < 0 ? `${filename}-error` : `${filename.slice(0, dot)}-error${filename.slice(dot)}`;
  return {
    output: under(endpoint.outputPath, filename),
    failure: endpoint.failurePath === undefined ? undefined : under(endpoint.failurePath, errorFile),
  };
}
