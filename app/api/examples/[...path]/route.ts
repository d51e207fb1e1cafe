import { answerSample } from "@/server/examples/service";

interface Params {
  params: Promise<{ path: string[] }>;
}

/** Sample data for the example workflows; open to everybody. */
async function answer(request: Request, { params }: Params): Promise<Response> {
  const { path } = await params;
  const query = new URL(request.url).searchParams;
  const { status, headers, body } = answerSample({ method: request.method, path, query, idempotencyKey: request.headers.get("idempotency-key") });
  return Response.json(body, { status, ...(headers === undefined ? {} : { headers }) });
}

export { answer as GET, answer as HEAD, answer as POST, answer as PUT, answer as PATCH, answer as DELETE };
