import pino from "pino";
import { env } from "@/server/env";

let logger: pino.Logger | undefined;

/** For errors that nobody foresaw: they go to the log, never to the caller. */
export function reportUnexpected(error: unknown, where: string): void {
  logger ??= pino({ level: env.LOG_LEVEL, name: "web" });
  logger.error({ err: error, where }, "unexpected error");
}
