import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { defineConfig, devices, type LaunchOptions } from "@playwright/test";
import { browserLaunchOptions } from "./server/testing/browser";

const launchOptions = await launchOptionsOrExit();
// This file is also loaded by Playwright's workers: the first process chooses, the others inherit.
process.env.E2E_PORT ??= String(await freePort());
// Where alerts.spec.ts takes mails.
process.env.E2E_SMTP_PORT ??= String(await freePort());
process.env.E2E_DATA_DIR ??= temporaryDataFolder();

const baseURL = `http://127.0.0.1:${process.env.E2E_PORT}`;

export default defineConfig({
  testDir: "e2e",
  workers: 1,
  fullyParallel: false,
  forbidOnly: Boolean(process.env.CI),
  // A second attempt on a new page; what needed it is named at the end of `npm test`.
  retries: 1,
  timeout: 120_000,
  expect: { timeout: 30_000 },
  outputDir: "test-results",
  reporter: [["list"]],
  // What fades in would be measured half-way.
  use: { baseURL, launchOptions, trace: "on-first-retry", contextOptions: { reducedMotion: "reduce" } },
  projects: [
    { name: "journeys", testIgnore: "figures.spec.ts", use: { ...devices["Desktop Chrome"] } },
    { name: "figures", testMatch: "figures.spec.ts", use: { ...devices["Desktop Chrome"] } },
  ],
  webServer: {
    command: "node --import tsx server/supervisor/main.ts",
    env: { PORT: process.env.E2E_PORT, MILLRACE_DATA_DIR: process.env.E2E_DATA_DIR, SMTP_URL: `smtp://127.0.0.1:${process.env.E2E_SMTP_PORT}`, MILLRACE_SSRF_ALLOW: "127.0.0.1" },
    stdout: "pipe",
    // The named group becomes an environment variable of the tests: the first administrator's one-time link.
    wait: { stdout: /First sign-in, valid once: (?<MILLRACE_SIGN_IN_URL>\S+)/ },
    timeout: 600_000,
    gracefulShutdown: { signal: "SIGTERM", timeout: 40_000 },
  },
});

async function launchOptionsOrExit(): Promise<LaunchOptions> {
  try {
    return await browserLaunchOptions();
  } catch (error) {
    console.error((error as Error).message);
    process.exit(1);
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = net.createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as net.AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

function temporaryDataFolder(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "millrace-e2e-"));
  fs.chmodSync(folder, 0o755);
  process.once("exit", () => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
}
