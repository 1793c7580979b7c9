import { SwathError } from './swathError.ts';

/** Facts about a refused or failed call to a service. */
export interface ServiceErrorFacts {
  /** Which call failed, in the service's own words, like `s3.PutObject`. */
  readonly operation: string;
  /** The service's error name, like `AccessDenied`. */
  readonly serviceCode: string;
  readonly httpStatus?: number | undefined;
  readonly requestId?: string | undefined;
}

/** A service answered with an error, or could not be reached. */
export class ServiceError extends SwathError implements ServiceErrorFacts {
  override readonly code:
    | 'SERVICE_THROTTLED'
    | 'SERVICE_UNAVAILABLE'
    | 'SERVICE_REFUSED'
    | 'ACCESS_DENIED'
    | 'NOT_FOUND';
  override readonly retryable: boolean;
  readonly operation: string;
  readonly serviceCode: string;
  readonly httpStatus: number | undefined;
  readonly requestId: string | undefined;

  constructor(code: ServiceError['code'], message: string, facts: ServiceErrorFacts, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.retryable = code === 'SERVICE_THROTTLED' || code === 'SERVICE_UNAVAILABLE';
    this.operation = facts.operation;
    this.serviceCode = facts.serviceCode;
    this.httpStatus = facts.httpStatus;
    this.requestId = facts.requestId;
  }
}
