import { openLiveResponse } from "@/server/live/handle";
import { answerProblems } from "@/server/rest/problem";

export function GET(request: Request): Promise<Response> {
  return answerProblems(request, () => openLiveResponse(request));
}
