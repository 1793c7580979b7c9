import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace';

const DEFAULT = 'parentbased_always_on';

/**
 * Makes the sampler that `OTEL_TRACES_SAMPLER` and `OTEL_TRACES_SAMPLER_ARG` name. Default: all traces whose record was
 * not sampled out already.
 *
 * @param warn - Told what cannot be read; the default is used then, as the specification wants it.
 */
export function traceSampler(env: NodeJS.ProcessEnv, warn: (message: string) => void): Sampler {
  const name = env['OTEL_TRACES_SAMPLER'] || DEFAULT;
  const isParentBased = name.startsWith('parentbased_');
  const root = rootSampler(name.replace(/^parentbased_/, ''), env, warn);
  if (root === undefined) {
    warn(
      `OTEL_TRACES_SAMPLER must be one of always_on, always_off, traceidratio, or one of them behind parentbased_; got ${name}, using ${DEFAULT}`,
    );
    return new ParentBasedSampler({ root: new AlwaysOnSampler() });
  }
  return isParentBased ? new ParentBasedSampler({ root }) : root;
}

function rootSampler(name: string, env: NodeJS.ProcessEnv, warn: (message: string) => void): Sampler | undefined {
  switch (name) {
    case 'always_on':
      return new AlwaysOnSampler();
    case 'always_off':
      return new AlwaysOffSampler();
    case 'traceidratio':
      return new TraceIdRatioBasedSampler(ratioOf(env['OTEL_TRACES_SAMPLER_ARG'], warn));
    default:
      return undefined;
  }
}

function ratioOf(text: string | undefined, warn: (message: string) => void): number {
  if (text === undefined || text === '') return 1;
  const ratio = Number(text);
  if (ratio >= 0 && ratio <= 1) return ratio;
  warn(`OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1; got ${text}, using 1`);
  return 1;
}
