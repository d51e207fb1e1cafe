import { DomainError } from "@/server/errors/domain-error";
import { answerProblems } from "@/server/rest/problem";

/** Whatever no other route answers. */
function nothing(request: Request): Promise<Response> {
  return answerProblems(request, () => Promise.reject(new DomainError("not_found", { what: "address" })));
}

export { nothing as DELETE, nothing as GET, nothing as PATCH, nothing as POST, nothing as PUT };
