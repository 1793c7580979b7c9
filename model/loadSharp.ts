import type sharpFunction from 'sharp';

let loading: Promise<typeof sharpFunction> | undefined;

/** Loads sharp on first use: the package is optional, and whoever only streams tiles needs neither it nor its 30 MB. */
export function loadSharp(): Promise<typeof sharpFunction> {
  loading ??= import('sharp').then(
    (module) => module.default,
    (error: unknown) => {
      loading = undefined;
      throw new Error('the model needs the package sharp: npm install sharp', { cause: error });
    },
  );
  return loading;
}
