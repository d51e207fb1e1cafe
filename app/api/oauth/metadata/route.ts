import { env } from "@/server/env";
import { metadataResponse } from "@/server/programs/service";

export const dynamic = "force-dynamic";

export function GET(): Response {
  return metadataResponse(env.MILLRACE_URL);
}
