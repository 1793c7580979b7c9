import { fileWriter } from '../../../src/sinks/file/fileWriter.ts';

// Opens a file as somebody who may not do everything, and says what came of it.
const nobody = 65_534;
if (process.getuid?.() === 0) {
  process.setgid?.(nobody);
  process.setuid?.(nobody);
}
const outcome = await fileWriter(process.argv[2] ?? '')
  .open?.()
  .then(
    () => 'open',
    (error: Error) => `${error.name}: ${error.message}`,
  );
process.stdout.write(String(outcome));
