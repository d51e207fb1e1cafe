import { revokeResponse } from "@/server/programs/service";
import { answerProblems } from "@/server/rest/problem";

export function POST(request: Request): Promise<Response> {
  return answerProblems(request, () => revokeResponse(request));
}
