import { defineConfig } from 'vitest/config';

/** The tests that need whole dumps: INQUEST_DUMPS is a folder of NAME/vmcore. */
export default defineConfig({
  test: { include: ['test/full/*.test.ts'], testTimeout: 60_000 },
});
