import type { IncomingHttpHeaders } from 'node:http';
import type { Invocation } from './invocation.ts';
import { s3Location } from './s3Location.ts';
import { validationError, type WireError } from './wireError.ts';

/** Largest inline payload, in bytes. */
const MAX_BODY_BYTES = 128_000;
const DEFAULT_TTL_SECONDS = 21_600;
const DEFAULT_TIMEOUT_SECONDS = 900;

interface TextRule {
  readonly member: string;
  readonly min?: number;
  readonly max: number;
  readonly pattern: RegExp;
}

interface NumberRule {
  readonly member: string;
  readonly min: number;
  readonly max: number;
}

// Limits and patterns are those of the service's own API model; the headers are how its REST binding spells the members.
const TEXTS = {
  'x-amzn-sagemaker-content-type': { member: 'contentType', max: 1024, pattern: /^[\x20-\x7e]*$/ },
  'x-amzn-sagemaker-accept': { member: 'accept', max: 1024, pattern: /^[\x20-\x7e]*$/ },
  'x-amzn-sagemaker-custom-attributes': { member: 'customAttributes', max: 1024, pattern: /^[\x20-\x7e]*$/ },
  'x-amzn-sagemaker-inference-id': { member: 'inferenceId', min: 1, max: 64, pattern: /^\S[\x20-\x7e]*$/ },
  'x-amzn-sagemaker-inputlocation': {
    member: 'inputLocation',
    min: 1,
    max: 1024,
    pattern: /^(https|s3):\/\/([^/]+)\/?(.*)$/,
  },
  'x-amzn-sagemaker-s3outputpathextension': {
    member: 's3OutputPathExtension',
    min: 1,
    max: 512,
    pattern: /^(?!s3:|https:)[a-zA-Z0-9!_.*'()/-]+$/,
  },
  'x-amzn-sagemaker-filename': {
    member: 'filename',
    min: 1,
    max: 32,
    pattern: /^(?!.*\..*\.)[a-zA-Z0-9][a-zA-Z0-9\-_.]*$/,
  },
} satisfies Record<string, TextRule>;

const NUMBERS = {
  'x-amzn-sagemaker-requestttlseconds': { member: 'requestTTLSeconds', min: 60, max: DEFAULT_TTL_SECONDS },
  'x-amzn-sagemaker-invocationtimeoutseconds': { member: 'invocationTimeoutSeconds', min: 1, max: 3600 },
} satisfies Record<string, NumberRule>;

/** Reads a request of InvokeEndpointAsync, or says every rule it breaks, in the service's words. */
export function readInvocation(
  endpointName: string,
  headers: IncomingHttpHeaders,
  body: Uint8Array,
): Invocation | WireError {
  const broken: string[] = [];
  const text = (header: keyof typeof TEXTS): string | undefined => {
    const value = headers[header];
    if (typeof value !== 'string') return undefined;
    broken.push(...brokenText(value, TEXTS[header]));
    return value;
  };
  const number = (header: keyof typeof NUMBERS, otherwise: number): number => {
    const value = headers[header];
    if (typeof value !== 'string') return otherwise;
    broken.push(...brokenNumber(value, NUMBERS[header]));
    return Number(value);
  };
  const location = text('x-amzn-sagemaker-inputlocation');
  const invocation: Invocation = {
    endpointName,
    input: location === undefined ? { bytes: body } : { location },
    contentType: text('x-amzn-sagemaker-content-type'),
    accept: text('x-amzn-sagemaker-accept'),
    customAttributes: text('x-amzn-sagemaker-custom-attributes'),
    inferenceId: text('x-amzn-sagemaker-inference-id'),
    pathExtension: text('x-amzn-sagemaker-s3outputpathextension'),
    filename: text('x-amzn-sagemaker-filename'),
    requestTtlSeconds: number('x-amzn-sagemaker-requestttlseconds', DEFAULT_TTL_SECONDS),
    invocationTimeoutSeconds: number('x-amzn-sagemaker-invocationtimeoutseconds', DEFAULT_TIMEOUT_SECONDS),
  };
  if (body.byteLength > MAX_BODY_BYTES) {
    broken.push(
      `Value at 'body' failed to satisfy constraint: Member must have length less than or equal to ${MAX_BODY_BYTES}`,
    );
  }
  if (broken.length > 0) {
    return validationError(
      `${broken.length} validation error${broken.length > 1 ? 's' : ''} detected: ${broken.join('; ')}`,
    );
  }
  if ((location === undefined) === (body.byteLength === 0)) {
    return validationError('Body and InputLocation are mutually exclusive. Provide exactly one of them.');
  }
  if (location !== undefined && s3Location(location) === undefined) {
    return validationError(`InputLocation ${location} is not the location of an S3 object.`);
  }
  return invocation;
}

function brokenText(value: string, { member, min = 0, max, pattern }: TextRule): string[] {
  const at = `Value '${value}' at '${member}' failed to satisfy constraint: Member must`;
  return [
    ...(value.length > max ? [`${at} have length less than or equal to ${max}`] : []),
    ...(value.length < min ? [`${at} have length greater than or equal to ${min}`] : []),
    ...(pattern.test(value) ? [] : [`${at} satisfy regular expression pattern: ${pattern.source}`]),
  ];
}

function brokenNumber(value: string, { member, min, max }: NumberRule): string[] {
  const at = `Value '${value}' at '${member}' failed to satisfy constraint: Member must`;
  if (!/^-?\d+$/.test(value)) return [`${at} be an integer`];
  return [
    ...(Number(value) > max ? [`${at} have value less than or equal to ${max}`] : []),
    ...(Number(value) < min ? [`${at} have value greater than or equal to ${min}`] : []),
  ];
}
