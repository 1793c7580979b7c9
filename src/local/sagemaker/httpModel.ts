import { Agent } from 'node:http';
import { httpCall } from '../httpCall.ts';
import type { Model } from './model.ts';

/** The longest a container may take to answer /ping, in ms. */
const PING_TIMEOUT_MS = 2_000;

/** Speaks to a model container over HTTP as SageMaker does: GET /ping, POST /invocations. */
export function httpModel(url: string): Model {
  const base = url.replace(/\/+$/, '');
  const agent = new Agent({ keepAlive: true });
  return {
    async handle({ bytes, contentType, accept, customAttributes, inferenceId, signal }) {
      const answer = await httpCall(`${base}/invocations`, {
        method: 'POST',
        headers: {
          'content-type': contentType,
          ...(accept !== undefined && { accept }),
          ...(customAttributes !== undefined && { 'x-amzn-sagemaker-custom-attributes': customAttributes }),
          'x-amzn-sagemaker-inference-id': inferenceId,
        },
        body: bytes,
        agent,
        signal,
      });
      if (answer.headers['content-length'] === undefined) {
        throw new Error('the container answered without Content-Length; chunked answers are not supported');
      }
      const type = answer.headers['content-type'] ?? 'application/octet-stream';
      return { status: answer.status, contentType: type, bytes: answer.bytes };
    },
    async ping() {
      try {
        const { status } = await httpCall(`${base}/ping`, { signal: AbortSignal.timeout(PING_TIMEOUT_MS) });
        return status === 200;
      } catch {
        return false;
      }
    },
    close: () => agent.destroy(),
  };
}
