import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { chromium, type LaunchOptions } from "@playwright/test";

const SYSTEM_BROWSERS = [
  // Without windows: takes a third less of the processor's time.
  "/usr/bin/chromium-headless-shell",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:/Program Files/Google/Chrome/Application/chrome.exe",
];

const REMEDY = "Run `npx playwright install chromium`, or install Chromium or Chrome on the system.";

/** Playwright's own Chromium, else the system's, else the one inside an npm package (Linux on x64). */
export async function browserLaunchOptions(choice = process.env.E2E_BROWSER): Promise<LaunchOptions> {
  const args = process.getuid?.() === 0 ? ["--no-sandbox", "--disable-dev-shm-usage"] : ["--disable-dev-shm-usage"];
  if (choice?.startsWith("/")) return { executablePath: choice, args };
  const wanted = (kind: string) => !choice || choice === kind;
  if (wanted("playwright") && fs.existsSync(chromium.executablePath())) return { args };
  const system = SYSTEM_BROWSERS.find((file) => fs.existsSync(file));
  if (wanted("system") && system) return { executablePath: system, args };
  if (wanted("bundled") && process.platform === "linux" && process.arch === "x64") return bundledBrowser(args);
  throw new Error(`There is no browser for the browser tests. ${REMEDY}`);
}

async function bundledBrowser(args: readonly string[]): Promise<LaunchOptions> {
  // The package brings its own copies of the system libraries, and unpacks them only where it believes to be on Lambda.
  process.env.AWS_LAMBDA_JS_RUNTIME ??= "nodejs22.x";
  const { default: bundled } = await import("@sparticuz/chromium");
  const executablePath = await bundled.executablePath();
  correctFontFolder();
  const flags = [
    "--no-sandbox",
    "--no-zygote",
    "--headless=shell",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--font-render-hinting=none",
  ];
  return { executablePath, args: [...args, ...flags], env: process.env as Record<string, string> };
}

/** Its font configuration names /tmp, wherever the temporary folder is. */
function correctFontFolder(): void {
  const file = path.join(os.tmpdir(), "fonts", "fonts.conf");
  if (!fs.existsSync(file)) return;
  const folder = path.join(os.tmpdir(), "fonts");
  const text = fs.readFileSync(file, "utf8");
  fs.writeFileSync(file, text.replaceAll('"/tmp/fonts', `"${folder}`).replaceAll(">/tmp/fonts", `>${folder}`));
}
