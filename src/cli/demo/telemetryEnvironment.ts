/**
 * The demo always records every trace, since it shows them: takes out what would sample or silence them, and, where the user
 * wants no telemetry at all, the addresses it would be sent to.
 */
export function telemetryEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { OTEL_SDK_DISABLED: disabled, OTEL_TRACES_SAMPLER, OTEL_TRACES_SAMPLER_ARG, ...rest } = env;
  if (disabled?.toLowerCase() !== 'true') return rest;
  const { OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, ...silent } = rest;
  return silent;
}

/** Finds where traces go by OpenTelemetry's own variables; undefined where nowhere. */
export function tracesEndpoint(env: NodeJS.ProcessEnv): string | undefined {
  if (env['OTEL_TRACES_EXPORTER'] === 'none') return undefined;
  const shared = env['OTEL_EXPORTER_OTLP_ENDPOINT'];
  const url = env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] || (shared && `${shared.replace(/\/$/, '')}/v1/traces`);
  return url && URL.canParse(url) ? url : undefined;
}
