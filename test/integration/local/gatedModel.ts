import type {
  ContainerAnswer,
  ContainerHandler,
  ContainerRequest,
} from '../../../src/local/sagemaker/containerHandler.ts';

/** A model whose requests wait until the test answers them. */
export interface GatedModel {
  readonly handle: ContainerHandler;
  /** Payloads in the order they arrived, as text. */
  readonly seen: readonly string[];
  /** Resolves when so many requests have arrived in all. */
  arrived(count: number): Promise<void>;
  /** Answers the request that has waited longest. */
  answer(answer?: Partial<ContainerAnswer>): void;
}

/** Makes a {@link GatedModel}. */
export function gatedModel(): GatedModel {
  const seen: string[] = [];
  const waiting: ((answer: ContainerAnswer) => void)[] = [];
  let watchers: { count: number; tell: () => void }[] = [];
  const handle = ({ bytes }: ContainerRequest): Promise<ContainerAnswer> =>
    new Promise((resolve) => {
      seen.push(Buffer.from(bytes).toString());
      waiting.push(resolve);
      watchers = watchers.filter(({ count, tell }) => {
        if (seen.length >= count) tell();
        return seen.length < count;
      });
    });
  return {
    handle,
    seen,
    arrived: (count) =>
      new Promise((tell) => {
        if (seen.length >= count) tell();
        else watchers.push({ count, tell });
      }),
    answer: (answer) =>
      waiting.shift()?.({ status: 200, contentType: 'text/plain', bytes: Buffer.from('answer'), ...answer }),
  };
}
