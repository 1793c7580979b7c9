import { demandSuccess } from './demandSuccess.ts';
import { httpCall } from './httpCall.ts';

/** Calls an action of an AWS query service, such as SNS's CreateTopic. */
export async function awsQuery(
  url: string,
  action: string,
  parameters: Readonly<Record<string, string>>,
): Promise<void> {
  const answer = await httpCall(`${url}/`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ Action: action, Version: '2010-03-31', ...parameters }).toString(),
  });
  demandSuccess(answer, action);
}
