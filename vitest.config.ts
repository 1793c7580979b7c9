import { defineConfig } from 'vitest/config';

const project = (name: string, include: string[], extra: object = {}) => ({
  test: { name, include, testTimeout: 30_000, hookTimeout: 60_000, ...extra },
});

/** In continuous integration a test that talks to real servers gets a second chance, which the report shows; elsewhere none does. */
const retry = process.env['CI'] ? 1 : 0;

/** One project per kind of test; `npm test` runs those that need Node alone, the scripts of package.json name the rest. */
export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      project('architecture', ['test/architecture.test.ts', 'test/generated.test.ts']),
      project('unit', ['test/unit/**/*.test.ts', 'test/types/**/*.test.ts']),
      project('integration', ['test/integration/**/*.test.ts'], { testTimeout: 60_000, retry }),
      project('docs', ['test/docs/**/*.test.ts'], { testTimeout: 120_000 }),
      project('package', ['test/package/**/*.test.ts'], { testTimeout: 180_000, hookTimeout: 180_000 }),
      project('kafka', ['test/kafka/**/*.test.ts'], {
        testTimeout: 180_000,
        hookTimeout: 300_000,
        retry,
        globalSetup: 'test/kafka/globalSetup.ts',
      }),
      project('kcl', ['test/kcl/**/*.test.ts'], {
        testTimeout: 120_000,
        hookTimeout: 120_000,
        retry,
        globalSetup: 'test/kcl/globalSetup.ts',
      }),
      project('mutants', ['test/mutants/**/*.test.ts'], { testTimeout: 120_000, hookTimeout: 60_000 }),
      project('browser', ['test/browser/**/*.test.ts'], {
        testTimeout: 120_000,
        hookTimeout: 120_000,
        expect: { poll: { timeout: 20_000 } }, // a page moves for most of the second that is the default
      }),
    ],
  },
});
