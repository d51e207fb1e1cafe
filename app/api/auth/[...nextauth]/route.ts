import NextAuth from "next-auth";
import { NextRequest } from "next/server";
import { authOptions } from "@/server/auth/next-auth";
import { requireOurPages } from "@/server/auth/same-origin";
import { DomainError } from "@/server/errors/domain-error";
import { limitBody } from "@/server/rest/body";
import { answerProblems } from "@/server/rest/problem";

type Segments = { params: Promise<{ nextauth: string[] }> };

/** Credentials are short; anything longer is none. */
const CREDENTIALS_MAX_BYTES = 16 * 1024;

function handle(request: NextRequest, context: Segments): Promise<Response> {
  return answerProblems(request, async () => {
    // Beside next-auth's own token against requests of other sites.
    requireOurPages(request);
    const limited = await limitBody(request, CREDENTIALS_MAX_BYTES);
    if (limited instanceof Response) return limited;
    return (NextAuth(new NextRequest(limited) as never, context as never, authOptions({ headers: Object.fromEntries(limited.headers) })) as Promise<Response>).catch(explain);
  });
}

/** The body could not be parsed. */
function explain(cause: unknown): never {
  if (cause instanceof SyntaxError) throw new DomainError("invalid_input", { field: "body", reason: "is not valid JSON" }, { cause });
  throw cause;
}

export { handle as GET, handle as POST };
