import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/**
 * Checks the signature of a request the way AWS describes it (Signature Version 4), from what came over the wire alone.
 *
 * Throws with what differs; the secret is that of the key named in the request.
 */
export function isSignedBy(secret: string, request: IncomingMessage, body: Uint8Array): boolean {
  const { authorization = '' } = request.headers;
  const found = /^AWS4-HMAC-SHA256 Credential=[^/]+\/(\S+), SignedHeaders=(\S+), Signature=([0-9a-f]{64})$/.exec(
    authorization,
  );
  if (found === null) throw new Error(`no signature in ${authorization}`);
  const [, scope = '', signedHeaders = '', signature = ''] = found;
  const [day = '', region = '', service = ''] = scope.split('/');
  const [path = '', query = ''] = (request.url ?? '').split('?');
  const payload = createHash('sha256').update(body).digest('hex');
  const sent = request.headers['x-amz-content-sha256'];
  if (sent !== payload) throw new Error(`x-amz-content-sha256 is ${sent}, the body’s is ${payload}`);
  const headers = signedHeaders.split(';').map((name) => {
    const value = request.headers[name];
    if (typeof value !== 'string') throw new Error(`header ${name} is signed but was not sent`);
    return `${name}:${value.trim().replaceAll(/ +/g, ' ')}\n`;
  });
  if (!signedHeaders.split(';').includes('host')) throw new Error('host is not signed');
  const canonical = [
    request.method,
    service === 's3' ? path : path.split('/').map(encodeURIComponent).join('/'),
    query
      .split('&')
      .filter((pair) => pair !== '')
      .map((pair) => (pair.includes('=') ? pair : `${pair}=`))
      .toSorted()
      .join('&'),
    headers.join(''),
    signedHeaders,
    payload,
  ].join('\n');
  const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
  const key = hmac(hmac(hmac(hmac(`AWS4${secret}`, day), region), service), 'aws4_request');
  const digest = createHash('sha256').update(canonical).digest('hex');
  const date = request.headers['x-amz-date'];
  const expected = hmac(key, `AWS4-HMAC-SHA256\n${String(date)}\n${scope}\n${digest}`);
  return timingSafeEqual(expected, Buffer.from(signature, 'hex'));
}
