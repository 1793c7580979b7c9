import type { OpenCv } from './loadOpenCv.ts';

/** Anything that lives in OpenCV's own memory until it is deleted. */
interface Deletable {
  delete(): void;
}

/**
 * Runs `work` and frees, whatever happens, everything it kept: OpenCV's memory is not collected.
 *
 * OpenCV throws the address of its exception; here it becomes an Error with OpenCV's message.
 */
export function matScope<R>(cv: OpenCv, work: (keep: <T extends Deletable>(mat: T) => T) => R): R {
  const kept: Deletable[] = [];
  try {
    return work((mat) => {
      kept.push(mat);
      return mat;
    });
  } catch (error) {
    if (typeof error !== 'number') throw error;
    const exception: { msg?: string } = cv.exceptionFromPtr(error);
    throw new Error(`OpenCV: ${exception.msg ?? `exception ${error}`}`);
  } finally {
    for (const mat of kept.reverse()) mat.delete();
  }
}
