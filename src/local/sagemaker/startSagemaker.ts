import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { ConfigurationError } from '../../errors/configurationError.ts';
import { closeServer } from '../closeServer.ts';
import { type ListenOptions, listenLocally } from '../listenLocally.ts';
import { answerInvocation } from './answerInvocation.ts';
import { answerLocalRequest } from './answerLocalRequest.ts';
import { endpointProblems } from './endpointProblems.ts';
import { EndpointRuntime } from './endpointRuntime.ts';
import type { LocalEndpoint } from './localEndpoint.ts';
import type { LocalSagemaker } from './localSagemaker.ts';
import { objectIo } from './objectIo.ts';
import { sendError } from './sendError.ts';
import { snsPublisher } from './snsPublisher.ts';
import { sumStats } from './sumStats.ts';

/** Options of {@link startSagemaker}. */
export interface SagemakerOptions {
  readonly listen: ListenOptions;
  readonly endpoints: readonly LocalEndpoint[];
  readonly s3EndpointUrl: string;
  /** Needed only by endpoints with topics. */
  readonly snsEndpointUrl: string;
  readonly region: string;
  /** Length of one second of the service's own limits, in ms. */
  readonly secondMs: number;
  readonly seed: number;
}

/** Starts the runtime of SageMaker's asynchronous endpoints, as much of it as InvokeEndpointAsync needs. */
export async function startSagemaker(options: SagemakerOptions): Promise<LocalSagemaker & { close(): Promise<void> }> {
  const { region, secondMs, seed } = options;
  const runtimes = new Map<string, EndpointRuntime>();
  const closing = new AbortController();
  const objects = objectIo(options.s3EndpointUrl);
  const sns = snsPublisher(options.snsEndpointUrl);

  const found = (name: string): EndpointRuntime => {
    const runtime = runtimes.get(name);
    if (runtime === undefined) {
      throw new ConfigurationError([{ field: 'endpoint', rule: 'must be the name of a local endpoint', value: name }]);
    }
    return runtime;
  };
  const named = (name: string | undefined): EndpointRuntime[] =>
    name === undefined ? [...runtimes.values()] : [found(name)];
  const addEndpoint = (endpoint: LocalEndpoint): void => {
    const problems = endpointProblems(endpoint);
    if (problems.length > 0) throw new ConfigurationError(problems);
    runtimes.get(endpoint.name)?.close();
    const context = { objects, notify: sns.publish, region, secondMs, seed: seed + runtimes.size };
    runtimes.set(endpoint.name, new EndpointRuntime(endpoint, context));
  };
  for (const endpoint of options.endpoints) addEndpoint(endpoint);

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const [, name] = /^\/endpoints\/([^/?]+)\/async-invocations$/.exec(request.url ?? '') ?? [];
    if (request.method === 'POST' && name !== undefined) {
      const decoded = decodeURIComponent(name);
      return answerInvocation(request, response, decoded, runtimes.get(decoded), closing.signal);
    }
    if (await answerLocalRequest(request, response, sagemaker)) return;
    sendError(response, {
      status: 404,
      code: 'UnknownOperationException',
      message: 'Not an operation of this stand-in.',
    });
  };
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  const url = await listenLocally(server, options.listen);

  const sagemaker: LocalSagemaker = {
    url,
    faults: {
      set: (faults, endpoint) => {
        for (const runtime of named(endpoint)) runtime.faults.set(faults);
      },
      clear: (endpoint) => {
        for (const runtime of named(endpoint)) runtime.faults.set({});
      },
    },
    stats: (endpoint) => sumStats(named(endpoint).map((runtime) => runtime.counters.stats())),
    addEndpoint,
    removeEndpoint: (name) => {
      found(name).close();
      runtimes.delete(name);
    },
    scale: (name, instances) => found(name).scale(instances),
    idle: async () => {
      await Promise.all([...runtimes.values()].map((runtime) => runtime.idle()));
    },
  };
  return {
    ...sagemaker,
    close: async () => {
      closing.abort();
      for (const runtime of runtimes.values()) runtime.close();
      await closeServer(server);
      objects.close();
      sns.close();
    },
  };
}
