import { recordingDenials } from "@/server/auth/denials";
import { originOf } from "@/server/auth/request-origin";
import { openUserScope } from "@/server/auth/scope";
import { sessionOfRequest } from "@/server/auth/session";
import { DomainError } from "@/server/errors/domain-error";
import { answerProblems } from "@/server/rest/problem";
import { downloadValue } from "@/server/runs/service";

export function GET(request: Request): Promise<Response> {
  return answerProblems(request, async () => {
    const { searchParams } = new URL(request.url);
    const session = await sessionOfRequest(request);
    if (session === null) throw new DomainError("unauthenticated", {});
    const scope = await openUserScope(session.userId, { slug: searchParams.get("workspace") ?? "" }, originOf(request.headers));
    return recordingDenials(scope, () => downloadValue(scope, searchParams));
  });
}
