import pino from "pino";
import { env } from "@/server/env";

let logger: pino.Logger | undefined;

/** For errors that nobody foresaw: they go to the log, never to the caller, who has the request's id to ask about. */
export function reportUnexpected(error: unknown, where: string, { requestId, digest }: { requestId: string | null; digest?: string | undefined }): void {
  logger ??= pino({ level: env.LOG_LEVEL, name: "web" });
  logger.error({ err: error, where, requestId, ...(digest === undefined ? {} : { digest }) }, "unexpected error");
}
