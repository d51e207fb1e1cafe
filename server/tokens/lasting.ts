import { readTokenScope } from "@/server/auth/token-rights";

/** Permissions to let others in, or to make tokens. */
const OPENING: readonly string[] = ["member:write", "token:write"];

/** Longer than anybody is away from what they keep. */
const LASTING_MS = 366 * 86_400_000;

/** What lasts: it never ends, or not within a year, or it can make more of its kind. Whoever holds a session for a moment would keep access by it. */
export function isLasting({ scopes, expiresAt }: { scopes: readonly string[]; expiresAt: Date | null }): boolean {
  return expiresAt === null || expiresAt.getTime() > Date.now() + LASTING_MS || opens(scopes);
}

function opens(scopes: readonly string[]): boolean {
  return scopes.some((text) => OPENING.includes(readTokenScope(text)?.permission ?? ""));
}
