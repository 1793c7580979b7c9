import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Job } from '../../../src/local/sagemaker/job.ts';
import { JobQueue } from '../../../src/local/sagemaker/jobQueue.ts';
import { readInvocation } from '../../../src/local/sagemaker/readInvocation.ts';

function job(inferenceId: string): Job {
  const invocation = readInvocation('detector', {}, Buffer.from('x'));
  if ('code' in invocation) throw new Error(invocation.message);
  return { invocation, inferenceId, locations: { output: '', failure: undefined }, receivedAt: new Date(0) };
}

describe('JobQueue', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('gives jobs out in the order they came, over many of them', () => {
    const queue = new JobQueue(() => undefined);
    const ids = Array.from({ length: 5_000 }, (_, i) => String(i));
    for (const id of ids) queue.push(job(id), 1_000);
    expect(queue.size).toBe(5_000);
    expect(ids.map(() => queue.shift()?.inferenceId)).toEqual(ids);
    expect([queue.shift(), queue.size]).toEqual([undefined, 0]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('lets go of a job whose time is over, and of no other', () => {
    const expired: string[] = [];
    const queue = new JobQueue(({ inferenceId }) => expired.push(inferenceId));
    queue.push(job('short'), 10);
    queue.push(job('long'), 100);
    queue.push(job('taken'), 10);
    vi.advanceTimersByTime(9);
    expect(queue.shift()?.inferenceId).toBe('short');
    vi.advanceTimersByTime(1);
    expect(expired).toEqual(['taken']);
    expect([queue.size, queue.shift()?.inferenceId, queue.shift()]).toEqual([1, 'long', undefined]);
  });

  it('forgets everything when cleared', () => {
    const expired: string[] = [];
    const queue = new JobQueue(({ inferenceId }) => expired.push(inferenceId));
    queue.push(job('a'), 10);
    queue.clear();
    vi.advanceTimersByTime(20);
    expect([queue.size, queue.shift(), expired]).toEqual([0, undefined, []]);
  });
});
