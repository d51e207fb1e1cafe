import { env } from "@/server/env";

/** What stands behind the @ in the addresses of triggers. */
export function mailDomain(): string {
  return (env.MAIL_DOMAIN ?? new URL(env.MILLRACE_URL).hostname).toLowerCase();
}
