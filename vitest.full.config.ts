import { defineConfig } from 'vitest/config';

/** The tests that need whole dumps: INQUEST_DUMPS is a folder of NAME/vmcore. */
// crash printed its dates in this zone when they were recorded. Threads take it from here only.
process.env.TZ = 'UTC';

export default defineConfig({
  test: {
    globalSetup: ['test/build-once.ts'],
    include: ['test/full/*.test.ts'],
    testTimeout: 60_000,
  },
});
