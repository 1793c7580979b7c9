import { ServiceError } from '../errors/serviceError.ts';
import type { SwathError } from '../errors/swathError.ts';
import { errorFacts } from './errorFacts.ts';
import { toServiceError } from './toServiceError.ts';

const operation = 'sagemaker.InvokeEndpointAsync';

/**
 * Turns what an invocation threw into an error that says what to do; an endpoint that does not exist is a validation error to
 * SageMaker.
 */
export function sagemakerError(error: unknown, endpoint: string): SwathError {
  const permission = `sagemaker:InvokeEndpointAsync on endpoint/${endpoint.toLowerCase()}`;
  const failure = toServiceError(error, { operation, subject: endpoint, permission });
  const { name, message, httpStatus, requestId } = errorFacts(error);
  if (!name.startsWith('Validation') || !/endpoint .*not found/i.test(message)) return failure;
  const facts = { operation, serviceCode: name, httpStatus, requestId };
  return new ServiceError('NOT_FOUND', `endpoint ${endpoint} does not exist (${message})`, facts, { cause: error });
}
