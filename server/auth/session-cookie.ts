import { env } from "@/server/env";
import { cookieSeconds } from "./session-lifetime";

export function isSecureOrigin(): boolean {
  return env.MILLRACE_URL.startsWith("https://");
}

export function sessionCookieName(): string {
  return isSecureOrigin() ? "__Host-millrace-session" : "millrace-session";
}

export function sessionCookie(token: string): string {
  return `${sessionCookieName()}=${token}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${cookieSeconds()}${isSecureOrigin() ? "; Secure" : ""}`;
}

export function sessionTokenOf(headers: Headers): string | undefined {
  return cookieOf(headers.get("cookie"), sessionCookieName());
}

function cookieOf(header: string | null, name: string): string | undefined {
  for (const part of header?.split(";") ?? []) {
    const [key, value] = part.trim().split("=");
    if (key === name) return value;
  }
  return undefined;
}
