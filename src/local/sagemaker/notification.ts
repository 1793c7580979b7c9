import type { Job } from './job.ts';

/** How a job ended. */
export type Outcome =
  | { readonly status: 'Completed'; readonly contentType: string }
  | { readonly status: 'Failed'; readonly reason: string };

/** The message that the service publishes to the success or error topic when a job ended. */
export function notification(job: Job, outcome: Outcome, { region, time }: { region: string; time: Date }): string {
  const { invocation, locations } = job;
  const completed = outcome.status === 'Completed';
  return JSON.stringify({
    awsRegion: region,
    eventTime: time.toISOString(),
    receivedTime: job.receivedAt.toISOString(),
    invocationStatus: outcome.status,
    ...(!completed && { failureReason: outcome.reason }),
    requestParameters: {
      ...(invocation.accept !== undefined && { accept: invocation.accept }),
      ...(invocation.contentType !== undefined && { contentType: invocation.contentType }),
      endpointName: invocation.endpointName,
      ...('location' in invocation.input && { inputLocation: invocation.input.location }),
    },
    ...(completed
      ? { responseParameters: { contentType: outcome.contentType, outputLocation: locations.output } }
      : locations.failure !== undefined && { responseParameters: { failureLocation: locations.failure } }),
    inferenceId: job.inferenceId,
    eventVersion: '1.0',
    eventSource: 'aws:sagemaker',
    eventName: 'InferenceResult',
  });
}
