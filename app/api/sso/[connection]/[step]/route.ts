import { answerProblems } from "@/server/rest/problem";
import { handleSso } from "@/server/sso/service";

interface Place {
  params: Promise<{ connection: string; step: string }>;
}

async function handle(request: Request, { params }: Place): Promise<Response> {
  const { connection, step } = await params;
  return answerProblems(request, () => handleSso(request, connection, step));
}

export { handle as GET, handle as POST };
