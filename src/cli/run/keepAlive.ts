const longMs = 2 ** 30;

/** Keeps the process alive until disposed: while a source only waits, and holds no socket, Node.js would leave in the middle of a run. */
export function keepAlive(): Disposable {
  const timer = setInterval(() => undefined, longMs);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
