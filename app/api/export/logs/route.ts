import { answerProblems } from "@/server/rest/problem";
import { exportLogsResponse } from "@/server/runs/service";

export function GET(request: Request): Promise<Response> {
  return answerProblems(request, () => exportLogsResponse(request));
}
