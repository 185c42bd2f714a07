import { defineConfig } from 'vitest/config'

/** `unit` runs in parallel; `e2e` starts processes, ports and files of its own and runs one file at a time. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts', 'test/pipeline/**/*.test.ts'],
          testTimeout: 30_000,
          maxWorkers: 2, // by itself vitest leaves one of two cores alone
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
