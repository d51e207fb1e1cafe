import { answerProblems } from "@/server/rest/problem";
import { exportUsageResponse } from "@/server/usage/service";

export function GET(request: Request): Promise<Response> {
  return answerProblems(request, () => exportUsageResponse(request));
}
