/** A request the model refuses: its status and a message for the one who sent it, without a traceback. */
export class ModelRequestError extends Error {
  /** HTTP status, 4xx or 503. */
  readonly status: number;

  constructor(status: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.status = status;
  }
}
