import { spawn } from 'node:child_process';

// Ends when its standard input does, which is when this process ends in whatever way, kill -9 included.
const script = `
pids=
while read -r op pid; do
  left=
  for p in $pids; do [ "$p" = "$pid" ] || left="$left $p"; done
  [ "$op" = add ] && left="$left $pid"
  pids=$left
done
for p in $pids; do kill -9 "$p"; done 2>/dev/null
rm -rf -- "$1"
`;

/** Processes and a folder that must not outlive this process. */
export interface Guard {
  add(pid: number): void;
  drop(pid: number): void;
  /** Kills what was added, removes the folder, and resolves when both are gone. */
  close(): Promise<void>;
}

/** Starts a small shell process that kills and removes what is left when this process ends, even by kill -9. */
export function guard(folder: string): Guard {
  const shell = spawn('sh', ['-c', script, 'guard', folder], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  const gone = new Promise<void>((resolve) => shell.once('close', () => resolve()));
  shell.unref();
  shell.stdin.on('error', () => undefined); // it was killed itself: nothing is left to tell
  return {
    add: (pid) => void shell.stdin.write(`add ${pid}\n`),
    drop: (pid) => void shell.stdin.write(`drop ${pid}\n`),
    close: () => {
      shell.ref();
      shell.stdin.end();
      return gone;
    },
  };
}
