import { defineConfig } from "vitest/config";

const ignored = ["node_modules/**", ".next/**", ".data/**", "bench/**", "e2e/**", "test-results/**"];
const minutes = (count: number) => count * 60_000;

const settingsOfTests = {
  NODE_ENV: "test" as const,
  LOG_LEVEL: "silent",
  // Whatever the shell that runs the tests has set.
  PORT: "3000",
  MILLRACE_MASTER_KEY: Buffer.alloc(32, 7).toString("base64url"),
  NEXTAUTH_SECRET: "only-for-tests-only-for-tests-only-for-tests",
  CRON_SECRET: "only-for-tests-only-for-tests",
  METRICS_TOKEN: "only-for-tests-only-for-tests",
};

export default defineConfig({
  resolve: { alias: { "@": import.meta.dirname } },
  test: {
    // Tests against brokers and other servers wait for most of their time; those that kill workers are about leases, which others would hold up.
    maxWorkers: process.argv.includes("crash") ? 2 : 3,
    // What is waited for comes late on a busy machine.
    expect: { poll: { timeout: minutes(1.5), interval: 50 } },
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["**/*.test.{ts,tsx}"],
          exclude: [...ignored, "**/*.int.test.ts", "**/*.crash.test.ts"],
          env: { ...settingsOfTests, DATABASE_URL: "postgresql://nobody@127.0.0.1:1/no-database-in-unit-tests" },
          testTimeout: minutes(3),
        },
      },
      {
        extends: true,
        test: {
          name: "int",
          include: ["**/*.int.test.ts"],
          exclude: ignored,
          env: settingsOfTests,
          globalSetup: "server/testing/global-database.ts",
          setupFiles: "server/testing/database-setup.ts",
          testTimeout: minutes(3),
          hookTimeout: minutes(2),
        },
      },
      {
        extends: true,
        test: {
          name: "crash",
          include: ["**/*.crash.test.ts"],
          exclude: ignored,
          env: settingsOfTests,
          globalSetup: "server/testing/global-database.ts",
          setupFiles: "server/testing/database-setup.ts",
          testTimeout: minutes(5),
          hookTimeout: minutes(2),
        },
      },
    ],
  },
});
