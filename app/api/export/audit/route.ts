import { exportAuditResponse } from "@/server/audit-log/service";
import { answerProblems } from "@/server/rest/problem";

export function GET(request: Request): Promise<Response> {
  return answerProblems(request, () => exportAuditResponse(request));
}
