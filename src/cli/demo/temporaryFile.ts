import { rmSync } from 'node:fs';

/** Stands for a file that is gone when it is disposed of, and when the process ends before that; whoever needs it makes it. */
export function temporaryFile(path: string): Disposable & { readonly path: string } {
  const remove = (): void => rmSync(path, { force: true });
  process.once('exit', remove);
  return {
    path,
    [Symbol.dispose]: () => {
      process.off('exit', remove);
      remove();
    },
  };
}
