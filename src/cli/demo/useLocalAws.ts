import type { LocalEnvironment } from '../../local/localServices.ts';

/** What would lead the SDK past the stand-ins: other credentials, other endpoints, a profile that names them. */
const cleared = ['AWS_PROFILE', 'AWS_SESSION_TOKEN', 'AWS_DEFAULT_REGION', 'AWS_ENDPOINT_URL'] as const;
const forced = {
  AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'false',
  AWS_USE_FIPS_ENDPOINT: 'false',
  AWS_USE_DUALSTACK_ENDPOINT: 'false',
} as const;

/** Points this process's AWS clients at the stand-ins, whatever the user's own settings are, until it is disposed of. */
export function useLocalAws(endpoints: LocalEnvironment, env: NodeJS.ProcessEnv = process.env): Disposable {
  const wanted = { ...Object.fromEntries(cleared.map((name) => [name, undefined])), ...forced, ...endpoints };
  const before = Object.keys(wanted).map((name) => [name, env[name]] as const);
  for (const [name, value] of Object.entries(wanted)) assign(env, name, value);
  return {
    [Symbol.dispose]: () => {
      for (const [name, value] of before) assign(env, name, value);
    },
  };
}

/** In `process.env` undefined would become the text `undefined`. */
function assign(env: NodeJS.ProcessEnv, name: string, value: string | undefined): void {
  if (value === undefined) delete env[name];
  else env[name] = value;
}
