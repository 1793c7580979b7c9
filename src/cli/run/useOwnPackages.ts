import { isBuiltin, registerHooks } from 'node:module';
import { extname } from 'node:path';

const ending = extname(import.meta.url);
const own: Readonly<Record<string, string>> = {
  swath: new URL(`../../index${ending}`, import.meta.url).href,
  'swath/testing': new URL(`../../testing${ending}`, import.meta.url).href,
};

/**
 * Lets pipeline files import `swath` wherever they lie, and always the one that runs them: counters and error classes of a second
 * copy would not be ours. Packages that a file's own folder does not have, like `rxjs` and `zod`, are those that swath uses.
 */
export function useOwnPackages(): void {
  registerHooks({
    resolve: (specifier, context, next) => {
      const url = own[specifier];
      if (url !== undefined) return { url, shortCircuit: true };
      try {
        return next(specifier, context);
      } catch (error) {
        if (/^[./]|:/.test(specifier) || isBuiltin(specifier) || !isMissing(error)) throw error;
        try {
          return next(specifier, { ...context, parentURL: import.meta.url });
        } catch {
          throw error;
        }
      }
    },
  });
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
}
