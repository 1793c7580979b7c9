import { expect, it } from 'vitest';
import { useLocalAws } from '../../../../src/cli/demo/useLocalAws.ts';

const endpoints = {
  AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1',
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
};

it('leads AWS clients to the stand-ins whatever the settings are, and gives these back', () => {
  const mine = {
    AWS_PROFILE: 'production',
    AWS_SESSION_TOKEN: 'token',
    AWS_ACCESS_KEY_ID: 'mine',
    AWS_ENDPOINT_URL: 'https://elsewhere.example',
    AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true',
    HOME: '/home/me',
  };
  const env: NodeJS.ProcessEnv = { ...mine };
  const aws = useLocalAws(endpoints, env);
  expect(env).toEqual({
    ...endpoints,
    AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'false',
    AWS_USE_FIPS_ENDPOINT: 'false',
    AWS_USE_DUALSTACK_ENDPOINT: 'false',
    HOME: '/home/me',
  });
  aws[Symbol.dispose]();
  expect(env).toEqual(mine);
});
