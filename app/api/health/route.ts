import { healthResponse } from "@/server/rest/health";

export function GET(): Promise<Response> {
  return healthResponse();
}
