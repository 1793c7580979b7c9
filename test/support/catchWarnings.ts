import { DiagLogLevel, diag } from '@opentelemetry/api';

/** What the pipelines of a test warned of, and what they noted below that. */
export interface Caught extends Disposable {
  readonly warnings: readonly string[];
  readonly notes: readonly string[];
}

/** Listens to the diagnostics logger until disposed of. */
export function catchWarnings(): Caught {
  const warnings: string[] = [];
  const notes: string[] = [];
  const note = (text: string): void => void notes.push(text);
  const warn = (text: string): void => void warnings.push(text);
  diag.setLogger(
    { error: warn, warn, info: note, debug: note, verbose: () => undefined },
    { logLevel: DiagLogLevel.DEBUG, suppressOverrideMessage: true },
  );
  return { warnings, notes, [Symbol.dispose]: () => diag.disable() };
}
