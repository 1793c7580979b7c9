import type { MiddlewareStack } from '@smithy/types';
import { awsCalls } from './awsCalls.ts';
import type { AwsOptions } from './awsOptions.ts';
import { classifyError } from './classifyError.ts';
import { errorFacts } from './errorFacts.ts';

/**
 * Counts each request of a client and tells the observer what became of it.
 *
 * It sits inside the SDK's retry layer: a call that is throttled once and then answered is two attempts, one of them throttled.
 *
 * @param service - First part of the operation's name, like `s3`.
 */
export function observeAttempts<I extends object, O extends object>(
  stack: MiddlewareStack<I, O>,
  service: string,
  { calls = awsCalls, onAttempt }: Pick<AwsOptions, 'calls' | 'onAttempt'>,
): void {
  stack.add(
    (next, { commandName = 'Unknown' }) => {
      const operation = `${service}.${commandName.replace(/Command$/, '')}`;
      return async (args) => {
        calls.add(operation);
        if (onAttempt === undefined) return next(args);
        try {
          const answer = await next(args);
          onAttempt({ operation, outcome: 'answered' });
          return answer;
        } catch (error) {
          const throttled = classifyError(errorFacts(error)) === 'SERVICE_THROTTLED';
          onAttempt({ operation, outcome: throttled ? 'throttled' : 'failed' });
          throw error;
        }
      };
    },
    { step: 'deserialize', priority: 'high', name: 'swathObserveAttempts' },
  );
}
