import { ConfigurationError } from '../errors/configurationError.ts';

/** Says in plain words why a port cannot be listened on. */
export function portError(option: string, port: number, cause: unknown): unknown {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'EADDRINUSE') {
    return new ConfigurationError([{ field: option, rule: 'must be a free port', value: port }], { cause });
  }
  if (code === 'EACCES') {
    return new ConfigurationError([{ field: option, rule: 'must be a port this user may listen on', value: port }], {
      cause,
    });
  }
  if (code === 'ENOTFOUND' || code === 'EADDRNOTAVAIL' || code === 'EAI_AGAIN') {
    return new ConfigurationError([{ field: 'host', rule: `must be an address of this machine (${code})` }], { cause });
  }
  return cause;
}
