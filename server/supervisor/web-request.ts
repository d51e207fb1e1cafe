import http from "node:http";
import net from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { say } from "@/server/supervisor/say";
import { StartError } from "@/server/supervisor/start-error";

const POLL_MS = 50;
const PREDECESSOR_MS = 4000;
/** One that has taken a request and is stuck is asked again. */
const ANSWER_MS = 15_000;
const TELL_MS = 60_000;

/** Where the supervisor reaches its own web process, whatever address that listens on. */
export function localWebUrl(host: string, port: number): string {
  const everyAddress = host === "0.0.0.0" || host === "::";
  const address = everyAddress ? "127.0.0.1" : host;
  return `http://${address.includes(":") ? `[${address}]` : address}:${port}`;
}

/** The status of the answer. No connection is kept open, as the web process would wait for it when it stops. */
export function requestStatus(url: string, options: http.RequestOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = http.request(url, { ...options, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.once("error", reject);
    request.once("timeout", () => request.destroy(new Error("no answer")));
    request.end();
  });
}

/** Resolves to false if the signal came first. */
export async function untilHealthy(webUrl: string, signal?: AbortSignal, { answerMs = ANSWER_MS, tellMs = TELL_MS } = {}): Promise<boolean> {
  const tell = setInterval(() => say(`The web process does not answer at ${webUrl}/api/health yet; a database that is locked may be the reason.`), tellMs);
  try {
    return await asksUntilHealthy(webUrl, answerMs, signal);
  } finally {
    clearInterval(tell);
  }
}

async function asksUntilHealthy(webUrl: string, answerMs: number, signal: AbortSignal | undefined): Promise<boolean> {
  while (!signal?.aborted) {
    // Refused connections only say that it does not listen yet.
    const status = await requestStatus(`${webUrl}/api/health`, { signal, timeout: answerMs }).catch(() => 0);
    if (status === 200) return true;
    await delay(POLL_MS);
  }
  return false;
}

/** The web process of a predecessor that was killed needs a moment to notice. */
export async function untilPortIsFree(host: string, port: number): Promise<void> {
  const deadline = performance.now() + PREDECESSOR_MS;
  while (!(await canListen(host, port))) {
    if (performance.now() > deadline) {
      throw new StartError(`Port ${port} of ${host} is in use. Stop what listens there, or set PORT.`);
    }
    await delay(POLL_MS);
  }
}

function canListen(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = net.createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, host, () => probe.close(() => resolve(true)));
  });
}
