import type { ContainerHandler } from './containerHandler.ts';

/** A model as the endpoint sees it: asked for its health, then for work. */
export interface Model {
  readonly handle: ContainerHandler;
  /** True when it can take work. Never rejects. */
  ping(): Promise<boolean>;
  close(): void;
}

/** Makes a {@link Model} of a function, which is always healthy. */
export function functionModel(handle: ContainerHandler): Model {
  return { handle, ping: () => Promise.resolve(true), close: () => undefined };
}
