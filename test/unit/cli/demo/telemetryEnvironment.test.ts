import { describe, expect, it } from 'vitest';
import { telemetryEnvironment, tracesEndpoint } from '../../../../src/cli/demo/telemetryEnvironment.ts';

describe('telemetryEnvironment', () => {
  it('records all traces, whatever the sampler', () => {
    const env = { OTEL_TRACES_SAMPLER: 'always_off', OTEL_TRACES_SAMPLER_ARG: '0.1', OTEL_SERVICE_NAME: 'mine' };
    expect(telemetryEnvironment(env)).toEqual({ OTEL_SERVICE_NAME: 'mine' });
  });

  it('sends nothing to anybody where the SDK is disabled', () => {
    const disabled = telemetryEnvironment({ OTEL_SDK_DISABLED: 'TRUE', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a' });
    expect(disabled).toEqual({});
    expect(tracesEndpoint(disabled)).toBeUndefined();
  });
});

describe('tracesEndpoint', () => {
  it.each([
    [{}, undefined],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: '' }, undefined],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'nonsense' }, undefined],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a:4318/' }, 'http://a:4318/v1/traces'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a', OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://b/t' }, 'http://b/t'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a', OTEL_TRACES_EXPORTER: 'none' }, undefined],
  ])('reads %j as %s', (env, url) => {
    expect(tracesEndpoint(env)).toBe(url);
  });
});
