import type { Scope } from "@/server/auth/scope";
import { DomainError } from "@/server/errors/domain-error";
import { runValueInput } from "./contract";
import { openStoredText } from "./queries";

const input = runValueInput.pick({ runId: true, path: true, attempt: true, what: true });

/** A stored value as a file, as it is stored; however large, it passes through piece by piece. */
export async function downloadValue(opened: Scope, parameters: URLSearchParams): Promise<Response> {
  const scope = opened.for("run:read");
  const { workspace: _workspace, ...given } = Object.fromEntries(parameters);
  const parsed = input.safeParse(given);
  if (!parsed.success) throw new DomainError("invalid_input", { field: parsed.error.issues[0]?.path.join(".") ?? "", reason: parsed.error.issues[0]?.message ?? "is invalid" });
  const place = parsed.data;
  const stored = await openStoredText({ scope }, place);
  if (stored === null) throw new DomainError("not_found", { what: "value" });
  const pieces = stored.content[Symbol.asyncIterator]();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await pieces.next();
      if (next.done === true) controller.close();
      else controller.enqueue(next.value);
    },
    cancel: async () => void (await pieces.return?.()),
  });
  const name = `${[place.path.replace(/[^\w.-]+/g, "-").slice(0, 80), place.what].filter(Boolean).join("-")}.json`;
  return new Response(body, {
    headers: {
      "content-type": "application/json; charset=utf-8",
      "content-length": String(stored.size),
      "content-disposition": `attachment; filename="${name}"`,
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    },
  });
}
