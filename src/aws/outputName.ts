import { createHash } from 'node:crypto';

/** The two parts of an output's name that a request can decide. */
export interface OutputName {
  /** `S3OutputPathExtension`; absent when the job's name has no slash. */
  readonly extension: string | undefined;
  /** `Filename`. */
  readonly filename: string;
}

const wellFormed = /^(?!.*\..*\.)[a-zA-Z0-9][a-zA-Z0-9_.-]{0,31}$/;
const foreign = /[^a-zA-Z0-9!_.*'()/-]/g;
const maxExtension = 512;

/**
 * Decides how the output of a job is called: the same name for the same job, whatever happens in between.
 *
 * SageMaker takes file names of at most 32 characters with at most one dot. A job whose name ends in such a part keeps it; else
 * the file is called after the hash of the whole name, and the path extension stays readable.
 */
export function outputName(job: string): OutputName {
  const parts = job.split('/').filter((part) => part !== '');
  const clean = parts.map((part) => (/^\.+$/.test(part) ? '_' : part.replace(foreign, '_')));
  const unchanged = clean.join('/') === job;
  const last = clean.at(-1) ?? '';
  const folder = clean.slice(0, -1).join('/');
  if (unchanged && wellFormed.test(last) && folder.length <= maxExtension) {
    return { extension: folder === '' ? undefined : folder, filename: last };
  }
  const extension = clean.join('/').slice(0, maxExtension).replace(/\/+$/, '');
  const filename = createHash('sha256').update(job).digest('hex').slice(0, 32);
  return { extension: extension === '' ? undefined : extension, filename };
}
