import { originOf } from "@/server/auth/request-origin";
import { openUserScope } from "@/server/auth/scope";
import { sessionOfRequest } from "@/server/auth/session";
import { DomainError } from "@/server/errors/domain-error";
import { runFilterSchema } from "./contract";
import { exportRuns } from "./export-runs";

/** `GET /api/export/runs?workspace=SLUG&status=failed…`: the filter's names are those of the list. Throws domain errors. */
export async function exportRunsResponse(request: Request): Promise<Response> {
  const session = await sessionOfRequest(request);
  if (session === null) throw new DomainError("unauthenticated", {});
  const { searchParams } = new URL(request.url);
  const slug = searchParams.get("workspace");
  if (slug === null) throw new DomainError("invalid_input", { field: "workspace", reason: "must name a workspace" });
  const scope = (await openUserScope(session.userId, { slug }, originOf(request.headers))).for("run:read");
  const portions = exportRuns({ scope }, readFilter(searchParams));
  // The first portion is asked for before the answer begins: what fails at once is told as a problem.
  const first = await portions.next();
  return new Response(toStream(first.done === true ? "" : first.value, portions), {
    headers: {
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": `attachment; filename="runs-${new Date().toISOString().slice(0, 10)}.csv"`,
      "cache-control": "no-store",
    },
  });
}

function readFilter(params: URLSearchParams) {
  const given: Record<string, string | string[]> = {};
  for (const name of Object.keys(runFilterSchema.shape)) {
    const values = params.getAll(name).filter((value) => value !== "");
    if (values.length > 0) given[name] = values.length === 1 ? values[0]! : values;
  }
  const parsed = runFilterSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new DomainError("invalid_input", { field: issue?.path.join(".") ?? "", reason: issue?.message ?? "cannot be read" });
}

/** Asks for the next portion when the reader has taken the last one. A failure breaks the download, so that nobody takes a part for the whole. */
function toStream(first: string, portions: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    start: (controller) => controller.enqueue(encoder.encode(first)),
    pull: async (controller) => {
      const { done, value } = await portions.next();
      if (done === true) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    cancel: async () => void (await portions.return(undefined)),
  });
}
