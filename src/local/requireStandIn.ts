import { createRequire } from 'node:module';
import { ConfigurationError } from '../errors/configurationError.ts';

const require = createRequire(import.meta.url);

/**
 * Loads a CommonJS stand-in when it is first needed, so that who starts none of them does not pay for them.
 *
 * @throws ConfigurationError that names the package when it is not installed.
 */
export function requireStandIn<T>(name: string, service: string): T {
  try {
    return require(name) as T;
  } catch (cause) {
    if (!(cause instanceof Error) || !('code' in cause) || cause.code !== 'MODULE_NOT_FOUND') throw cause;
    const rule = `needs the package ${name}, which is not installed (npm install ${name})`;
    throw new ConfigurationError([{ field: `services.${service}`, rule }], { cause });
  }
}
