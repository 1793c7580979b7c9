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

/** Codes of requests that no service has seen, or that it refused to begin with. */
const unbegun = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'ServiceUnavailable',
  'ServiceUnavailableException',
  'UND_ERR_CONNECT_TIMEOUT',
]);

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

  /**
   * True while it is the service that is not there for anybody, throttled or down, and asking again can do no harm: the call was not begun, or
   * it is one to S3, which may be made twice.
   */
  get isOutage(): boolean {
    if (this.code !== 'SERVICE_UNAVAILABLE') return this.code === 'SERVICE_THROTTLED';
    return this.operation.startsWith('s3.') || unbegun.has(this.serviceCode);
  }

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
