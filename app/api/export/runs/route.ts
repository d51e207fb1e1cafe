import { answerProblems } from "@/server/rest/problem";
import { exportRunsResponse } from "@/server/runs/service";

export function GET(request: Request): Promise<Response> {
  return answerProblems(request, () => exportRunsResponse(request));
}
