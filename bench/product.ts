import { execFile, spawn, type ChildProcess } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

const ROOT = path.dirname(import.meta.dirname);
const START_LIMIT_MS = 10 * 60_000;
const SIGN_IN = /First sign-in, valid once: (\S+)/;

/** The whole product as `npm start` runs it, in a folder of its own, for what is measured in a browser. */
export class Product {
  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
    /** The one-time link of the first administrator. */
    readonly signInUrl: string,
  ) {}

  static async start(): Promise<Product> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "millrace-bench-product-"));
    fs.chmodSync(folder, 0o755);
    const child = spawn(process.execPath, ["--import", "tsx", "server/supervisor/main.ts"], {
      cwd: ROOT,
      env: { ...process.env, PORT: String(await freePort()), MILLRACE_DATA_DIR: folder },
      stdio: ["ignore", "pipe", "inherit"],
    });
    return new Product(child, folder, await signInUrlOf(child));
  }

  get url(): string {
    return new URL(this.signInUrl).origin;
  }

  /** What a command of the command line prints, on the same installation. */
  async command(...words: string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(process.execPath, ["server/cli/millrace.mjs", ...words], { cwd: ROOT, env: { ...process.env, MILLRACE_DATA_DIR: this.folder } });
    return stdout.trim();
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once("exit", resolve));
    this.child.kill("SIGTERM");
    await ended;
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}

function signInUrlOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("the product did not start in time")), START_LIMIT_MS);
    child.once("exit", (code) => reject(new Error(`the product ended with code ${code ?? "none"}`)));
    createInterface({ input: child.stdout! }).on("line", (line) => {
      const url = SIGN_IN.exec(line)?.[1];
      if (url === undefined) return;
      clearTimeout(timer);
      resolve(url);
    });
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = net.createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as net.AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
