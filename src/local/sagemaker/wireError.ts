/** An error answer of the SageMaker runtime, as its clients read it. */
export interface WireError {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** The error of a request that breaks a rule. */
export function validationError(message: string): WireError {
  return { status: 400, code: 'ValidationError', message };
}
