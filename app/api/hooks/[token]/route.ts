import { handleHook } from "@/server/ingress/handle-hook";

interface Context {
  params: Promise<{ token: string }>;
}

async function handle(request: Request, { params }: Context): Promise<Response> {
  return handleHook(request, (await params).token);
}

export { handle as DELETE, handle as GET, handle as PATCH, handle as POST, handle as PUT };
