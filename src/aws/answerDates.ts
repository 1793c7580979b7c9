import type { MiddlewareStack } from '@smithy/types';

/**
 * Remembers the `Date` header of a client's answers, which the SDK does not hand out: the service's own wall clock.
 *
 * @returns The date of an answer in milliseconds since the epoch, to the second; `undefined` where it had none.
 */
export function answerDates<I extends object, O extends object>(
  stack: MiddlewareStack<I, O>,
): (answer: O) => number | undefined {
  const dates = new WeakMap<object, number>();
  stack.add(
    (next) => async (args) => {
      const answer = await next(args);
      const dateMs = Date.parse(dateOf(answer.response));
      if (!Number.isNaN(dateMs)) dates.set(answer.output ?? answer, dateMs);
      return answer;
    },
    { step: 'deserialize', priority: 'high', name: 'swathAnswerDates' },
  );
  return (answer) => dates.get(answer);
}

function dateOf(response: unknown): string {
  const headers = response instanceof Object && 'headers' in response ? response.headers : undefined;
  const date = headers instanceof Object && 'date' in headers ? headers.date : undefined;
  return typeof date === 'string' ? date : '';
}
