import { errorTable } from '../../../src/errors/errorTable.ts';

/** Renders all error codes as a Markdown table; each has an anchor, so that a message can link to it. */
export function renderErrorTable(): string {
  const rows = Object.entries(errorTable).map(([code, { meaning, retryable, exitStatus, whatToDo }]) => {
    const anchor = `<a id="${code.toLowerCase().replaceAll('_', '-')}"></a>\`${code}\``;
    return `| ${anchor} | ${meaning} | ${retryable ? 'yes' : 'no'} | ${exitStatus} | ${whatToDo} |`;
  });
  return ['| code | meaning | retryable | exit status | what to do |', '| --- | --- | --- | --- | --- |', ...rows].join(
    '\n',
  );
}
