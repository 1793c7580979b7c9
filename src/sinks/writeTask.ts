import type { Context } from '@opentelemetry/api';
import { ConfigurationError } from '../errors/configurationError.ts';
import { SourceError } from '../errors/sourceError.ts';
import { toSwathError } from '../errors/toSwathError.ts';
import type { Task, TaskHost } from '../operators/task.ts';
import type { OutRecord, RecordWriter } from '../ports/recordWriter.ts';
import { endStageSpan } from '../telemetry/endStageSpan.ts';
import { type SendFacts, startSendSpan } from '../telemetry/startSendSpan.ts';
import type { Envelope } from '../tile/envelope.ts';
import { writeDurably } from './writeDurably.ts';

/** What the writes of a sink have in common. */
export interface WritePlan<T extends object> {
  readonly writer: RecordWriter;
  readonly facts: SendFacts;
  /** Name of the stage, for what is refused. */
  readonly stage: string;
  readonly toRecord: (envelope: Envelope<T>, context: Context) => OutRecord;
  /** Aborted when nobody waits for the outcomes any more. */
  readonly stopped: AbortSignal;
}

/** The write of one tile: acknowledges it after the output confirmed it, and hands it on then. */
export class WriteTask<T extends object> implements Task {
  place = 0;
  readonly #plan: WritePlan<T>;
  readonly #envelope: Envelope<T>;
  readonly #host: TaskHost<Envelope<T>>;
  readonly #context: Context;
  #cancelled = false;

  constructor(plan: WritePlan<T>, envelope: Envelope<T>, host: TaskHost<Envelope<T>>) {
    this.#plan = plan;
    this.#envelope = envelope;
    this.#host = host;
    this.#context = startSendSpan(plan.facts, envelope.context);
  }

  run(): void {
    const { writer, toRecord, stopped } = this.#plan;
    try {
      writeDurably(writer, toRecord(this.#envelope, this.#context), this.#envelope.delivery, stopped).then(
        () => this.#written(),
        (error: unknown) => this.#refused(error),
      );
    } catch (error) {
      this.#refused(error);
    }
  }

  /** The write itself goes on: it may have taken effect already, and then it counts. */
  cancel(): void {
    this.#cancelled = true;
  }

  #written(): void {
    endStageSpan(this.#context);
    this.#envelope.ack();
    if (!this.#cancelled) this.#host.ended(this, this.#envelope);
  }

  #refused(error: unknown): void {
    endStageSpan(this.#context, error);
    if (this.#cancelled || this.#plan.stopped.aborted) return;
    const reason = toSwathError(error);
    if (reason instanceof SourceError || reason instanceof ConfigurationError) {
      this.#host.failed(reason); // the output refuses everything, not this tile
      return;
    }
    this.#envelope.nack(error, this.#plan.stage);
    this.#host.ended(this);
  }
}
