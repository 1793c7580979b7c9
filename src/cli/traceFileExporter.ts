import { type FileHandle, open } from 'node:fs/promises';
import { ExportResultCode } from '@opentelemetry/core';
import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer';
import type { SpanExporter } from '@opentelemetry/sdk-trace';

/** Writes spans to a file as OTLP/JSON, a line per export; the file is begun anew. Any OTLP reader takes its lines. */
export function traceFileExporter(path: string): SpanExporter {
  let file: Promise<FileHandle> | undefined;
  let written: Promise<unknown> = Promise.resolve();
  const append = async (line: Uint8Array): Promise<void> => {
    file ??= open(path, 'w');
    await (await file).appendFile(Buffer.concat([line, Buffer.from('\n')]));
  };
  return {
    export: (spans, done) => {
      const line = JsonTraceSerializer.serializeRequest(spans);
      if (line === undefined) return done({ code: ExportResultCode.FAILED });
      // One after the other: appends of several kilobytes may mix otherwise.
      written = written
        .then(() => append(line))
        .then(
          () => done({ code: ExportResultCode.SUCCESS }),
          (error: unknown) => {
            const cause = error instanceof Error ? error : new Error(String(error));
            done({ code: ExportResultCode.FAILED, error: cause });
          },
        );
    },
    forceFlush: async () => void (await written),
    shutdown: async () => {
      await written;
      await (await file)?.close();
    },
  };
}
