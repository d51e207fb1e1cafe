import type http from "node:http";
import { performance } from "node:perf_hooks";
import pino from "pino";
import { env } from "@/server/env";
import { noteRequest } from "@/server/web-counts/service";

let logger: pino.Logger | undefined;

/** Addresses that carry a right: what follows is nobody's to read. */
const SECRET_PLACES = /^(\/api\/hooks|\/a|\/s)\/.*$|^(\/api\/r\/@)[^/]*/;

export function pathShown(url: string): string {
  return url.split(/[?#]/, 1)[0]!.replace(SECRET_PLACES, (_all, place?: string, route?: string) => (place === undefined ? `${route}…` : `${place}/…`));
}

/** Counts each request once it is over; at level debug it is a line, too: without query, and without the part of an address that opens something. */
export function logRequest(request: http.IncomingMessage, response: http.ServerResponse, requestId: string): void {
  const began = performance.now();
  const { method = "", url = "" } = request;
  response.once("close", () => noteRequest(method, url, response.statusCode, (performance.now() - began) / 1_000));
  logger ??= pino({ level: env.LOG_LEVEL, name: "web" });
  if (!logger.isLevelEnabled("debug")) return;
  const path = pathShown(url);
  response.once("close", () => logger!.debug({ method, path, status: response.statusCode, ms: Math.round(performance.now() - began), finished: response.writableFinished, requestId }, "request"));
}
