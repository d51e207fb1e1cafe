import { answerProblems } from "@/server/rest/problem";
import { handleScim } from "@/server/scim/service";

const handle = (request: Request) => answerProblems(request, () => handleScim(request));

export { handle as DELETE, handle as GET, handle as PATCH, handle as POST, handle as PUT };
