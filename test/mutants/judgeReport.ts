/** What matters of the report that vitest writes as JSON. */
export interface TestReport {
  readonly numPassedTests?: number;
  readonly numFailedTests?: number;
  /** One per file; a file that could not be loaded failed without a test of its own. */
  readonly testResults?: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly unknown[];
  }[];
}

/** `failed` and `passed` are said by tests that ran; anything else says why nothing is known. */
export type RunVerdict = 'passed' | 'failed' | `unknown: ${string}`;

/**
 * Tells whether tests ran and failed, or ran and passed.
 *
 * Code that cannot be loaded fails too, but shows nothing of the tests: they would not have to assert anything. A test that
 * failed counts first: it ends the run, and files that were being loaded then look as if they could not be.
 */
export function judgeReport(
  { numPassedTests = 0, numFailedTests = 0, testResults = [] }: TestReport,
  code: unknown,
): RunVerdict {
  if (numFailedTests > 0) return 'failed';
  const unloaded = testResults.find(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  );
  if (unloaded !== undefined) return `unknown: ${unloaded.name} could not be loaded`;
  if (code !== 0) return `unknown: no test failed, and the status is ${code}`;
  return numPassedTests > 0 ? 'passed' : 'unknown: no test ran';
}
