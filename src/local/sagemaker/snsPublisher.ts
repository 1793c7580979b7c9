import { Agent } from 'node:http';
import { httpCall } from '../httpCall.ts';

/** Publishes to SNS topics. */
export interface SnsPublisher {
  /** @throws Error when SNS refuses it. */
  publish(topicArn: string, message: string): Promise<void>;
  close(): void;
}

/** Publishes through SNS's query protocol with plain, unsigned HTTP, which every SNS stand-in takes. */
export function snsPublisher(snsEndpointUrl: string): SnsPublisher {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  return {
    async publish(topicArn, message) {
      const body = new URLSearchParams({
        Action: 'Publish',
        Version: '2010-03-31',
        TopicArn: topicArn,
        Message: message,
      });
      const { status } = await httpCall(`${snsEndpointUrl}/`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: body.toString(),
        agent,
      });
      if (status !== 200) throw new Error(`SNS answered ${status} to publishing to ${topicArn}`);
    },
    close: () => agent.destroy(),
  };
}
