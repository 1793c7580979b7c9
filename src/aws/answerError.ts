import type { IncomingHttpHeaders } from 'node:http';

/** Makes the error of an answer in the shape of the SDK's, so that both are read in one way. */
export function answerError(status: number, headers: IncomingHttpHeaders, text: string): Error {
  const { name, message } = text.startsWith('<') ? fromXml(text) : fromJson(text);
  const type = headers['x-amzn-errortype'];
  const said = typeof type === 'string' ? type.split(':')[0] : name;
  const requestId = headers['x-amz-request-id'] ?? headers['x-amzn-requestid'];
  return Object.assign(new Error(message ?? ''), {
    name: said ?? `HTTP ${status}`,
    $metadata: { httpStatusCode: status, requestId },
  });
}

interface Said {
  readonly name?: string | undefined;
  readonly message?: string | undefined;
}

function fromXml(text: string): Said {
  return { name: element(text, 'Code'), message: element(text, 'Message') };
}

function element(text: string, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1]?.replaceAll(/&(lt|gt|quot|apos|amp);/g, toCharacter);
}

const characters: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

function toCharacter(entity: string, name: string): string {
  return characters[name] ?? entity;
}

function fromJson(text: string): Said {
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch {
    return {};
  }
  if (typeof said !== 'object' || said === null) return {};
  const fields = said as Readonly<Record<string, unknown>>;
  const type = fields['__type'] ?? fields['code'];
  const message = fields['message'] ?? fields['Message'];
  return {
    name: typeof type === 'string' ? type.split('#').at(-1) : undefined,
    message: typeof message === 'string' ? message : undefined,
  };
}
