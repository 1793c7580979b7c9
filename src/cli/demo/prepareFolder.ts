import { access, constants, stat } from 'node:fs/promises';
import { ConfigurationError } from '../../errors/configurationError.ts';
import { messageOf } from '../../errors/messageOf.ts';
import { makeFolder } from '../../sinks/file/makeFolder.ts';

/**
 * Makes the folder for results where it is missing, and checks that files can be written there.
 *
 * @throws ConfigurationError when that cannot be.
 */
export async function prepareFolder(folder: string): Promise<void> {
  try {
    await makeFolder(folder);
    await access(folder, constants.W_OK);
    if (!(await stat(folder)).isDirectory()) throw new Error('it is not a folder');
  } catch (cause) {
    const reason = messageOf(cause);
    throw new ConfigurationError(
      [{ field: '--out', rule: `must be a folder to write into: ${reason}`, value: folder }],
      {
        cause,
      },
    );
  }
}
