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
  /** Time between SIGTERM and SIGKILL, default 30,000 ms. */
  readonly stopGraceMs?: number;
  /** Called with each line the container writes; default: nobody. */
  readonly log?: (line: string) => void;
}

/** How a container ended. */
export interface ModelExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A model container that runs as a child process. */
export interface ModelProcess extends AsyncDisposable {
  /** Base URL, without a slash at its end. */
  readonly url: string;
  /** Absent between the death of a container and its restart. */
  readonly pid: number | undefined;
  /** How often it died and was started again. */
  readonly restarts: number;
  /** Ends it with SIGTERM, after the grace with SIGKILL. Idempotent. */
  stop(): Promise<ModelExit>;
}
