import { answerProblems } from "@/server/rest/problem";
import { metricsResponse } from "@/server/telemetry/service";

export function GET(request: Request): Promise<Response> {
  return answerProblems(request, () => metricsResponse(request));
}
