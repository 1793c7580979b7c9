/** Options of {@link startModelProcess}. */
export interface ModelProcessOptions {
  /** Folder with the model's `config.json`: what a container finds in /opt/ml/model. */
  readonly modelDir: string;
  /** Program of the container, run by Node; default the model that comes with swath. */
  readonly script?: string;
  /** Port on 127.0.0.1, default any free one; the same after a restart. */
  readonly port?: number;
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** How long the first /ping may take to answer 200, default 60,000 ms. */
  readonly readyTimeoutMs?: number;
  /** Aborting it gives up while the first good /ping is waited for: the container is ended, then the reason is thrown. */
  readonly signal?: AbortSignal;
  /** Time between SIGTERM and SIGKILL, default 30,000 ms. */
  readonly stopGraceMs?: number;
  /** Called when a container that worked has died, before it is started again; default: nobody. */
  readonly died?: (death: ModelDeath) => void;
  /** Called with each line the container writes; default: nobody. */
  readonly log?: (line: string) => void;
}

/** How a container ended. */
export interface ModelExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A container that worked and ended by itself. */
export interface ModelDeath extends ModelExit {
  /** What it wrote last; empty where it wrote nothing. */
  readonly lastLine: string;
  /** How often in a row it died before it answered /ping again; counts from 1. */
  readonly inRow: number;
  /** Until it is started again; `undefined` when that has been given up. */
  readonly restartAfterMs: number | undefined;
}

/** A model container that runs as a child process. */
export interface ModelProcess extends AsyncDisposable {
  /** Base URL, without a slash at its end. */
  readonly url: string;
  /** Absent between the death of a container and its restart. */
  readonly pid: number | undefined;
  /** How often it died and was started again. */
  readonly restarts: number;
  /** Aborted when it died so often in a row that it is not started again; the reason is a {@link ServiceError} that says why. */
  readonly givenUp: AbortSignal;
  /** Ends it with SIGTERM, after the grace with SIGKILL. Idempotent. */
  stop(): Promise<ModelExit>;
}
