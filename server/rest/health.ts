import { sharedPool } from "@/server/db/client";
import { documentResponse, typeOf } from "./problem";

const TIMEOUT_MS = 3_000;

/** 200 while the database answers, else 503; looks anew each time, so that it recovers by itself. */
export async function healthResponse(): Promise<Response> {
  try {
    await withTimeout(sharedPool().query("select 1"));
    return Response.json({ status: "ok" }, { headers: { "cache-control": "no-store" } });
  } catch {
    return documentResponse({ type: typeOf("unavailable"), title: "Temporarily unavailable", status: 503, detail: "The database does not answer." }, { "retry-after": "2" });
  }
}

async function withTimeout(query: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error("no answer in time")), TIMEOUT_MS);
  });
  await Promise.race([query, late]).finally(() => clearTimeout(timer));
}
