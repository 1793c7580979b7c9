import { Agent, request } from 'node:http';

/** An answer as it came over the wire. */
export interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: string;
  readonly json: unknown;
}

/** One HTTP request on a connection of its own, with node:http, which shows how the answer is framed. */
export function call(
  url: string,
  options: { method?: string; type?: string; body?: Uint8Array | string; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const { method = options.body === undefined ? 'GET' : 'POST', type, body, headers } = options;
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      { method, agent: new Agent(), headers: { ...(type && { 'content-type': type }), ...headers } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          const json: unknown = text.startsWith('{') ? JSON.parse(text) : undefined;
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text, json });
        });
      },
    );
    sent.on('error', reject).end(body);
  });
}
