import { createRequire } from 'node:module';

/** The OpenCV module, ready to use. */
export type OpenCv = typeof import('@techstark/opencv-js');

let loading: Promise<OpenCv> | undefined;

/** Loads OpenCV (11 MB of WebAssembly, about a third of a second) on first use, once per thread. */
export function loadOpenCv(): Promise<OpenCv> {
  loading ??= start().catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

async function start(): Promise<OpenCv> {
  const cv = requireOpenCv();
  if (cv.Mat === undefined) {
    await new Promise<void>((resolve, reject) => {
      cv.onRuntimeInitialized = resolve;
      cv.onAbort = (reason) => reject(new Error(`OpenCV did not start: ${String(reason)}`));
    });
  }
  delete cv.then; // it looks like a promise but resolves to itself: awaiting it would never end
  return cv as unknown as OpenCv;
}

/** The module as Emscripten hands it over, before its runtime is up. */
interface LoadingModule {
  Mat?: unknown;
  then?: unknown;
  onRuntimeInitialized?: () => void;
  onAbort?: (reason: unknown) => void;
}

function requireOpenCv(): LoadingModule {
  try {
    return createRequire(import.meta.url)('@techstark/opencv-js');
  } catch (error) {
    throw new Error('the model needs the package @techstark/opencv-js: npm install @techstark/opencv-js', {
      cause: error,
    });
  }
}
