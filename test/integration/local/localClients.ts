import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { httpCall } from '../../../src/local/httpCall.ts';
import type { LocalServices } from '../../../src/local/localServices.ts';

/** The real SDK clients, pointed at stand-ins, one attempt per call; released with `using`. */
export function localClients({ endpoints }: Pick<LocalServices, 'endpoints'>) {
  const common = {
    region: endpoints.AWS_REGION,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  };
  const at = (url: string | undefined) => ({ ...common, endpoint: url ?? 'http://127.0.0.1:9' });
  const clients = {
    s3: new S3Client(at(endpoints.AWS_ENDPOINT_URL_S3)),
    kinesis: new KinesisClient({ ...at(endpoints.AWS_ENDPOINT_URL_KINESIS), requestHandler: new NodeHttpHandler() }),
    dynamoDb: new DynamoDBClient(at(endpoints.AWS_ENDPOINT_URL_DYNAMODB)),
    runtime: new SageMakerRuntimeClient(at(endpoints.AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME)),
  };
  return {
    ...clients,
    [Symbol.dispose]: () => {
      for (const client of Object.values(clients)) client.destroy();
    },
  };
}

/** Takes up to ten messages from a queue, waiting for the first, and deletes none. */
export async function receive(queueUrl: string): Promise<{ readonly Body: string }[]> {
  const { bytes } = await httpCall(new URL('/', queueUrl), {
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AmazonSQS.ReceiveMessage' },
    body: JSON.stringify({ QueueUrl: queueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 5 }),
  });
  return (JSON.parse(bytes.toString()) as { Messages?: { Body: string }[] }).Messages ?? [];
}
