import { demandSuccess } from './demandSuccess.ts';
import { httpCall } from './httpCall.ts';

/** Stand-ins check the form of a signature, not the signature. */
const AUTHORIZATION =
  'AWS4-HMAC-SHA256 Credential=local/20000101/us-east-1/local/aws4_request, SignedHeaders=host, Signature=local';

/** Calls an operation of an AWS JSON service, such as `Kinesis_20131202.CreateStream`, and answers its result. */
export async function awsCall(url: string, target: string, version: '1.0' | '1.1', input: object): Promise<unknown> {
  const answer = await httpCall(`${url}/`, {
    method: 'POST',
    headers: {
      'content-type': `application/x-amz-json-${version}`,
      'x-amz-target': target,
      'x-amz-date': '20000101T000000Z',
      authorization: AUTHORIZATION,
    },
    body: JSON.stringify(input),
  });
  demandSuccess(answer, target);
  return answer.bytes.byteLength === 0 ? {} : (JSON.parse(answer.bytes.toString()) as unknown);
}
