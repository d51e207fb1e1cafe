import type { Scope } from "../scope";

/** Whose a start is: a person's, or a service account's by itself. Null: a program's. */
export function starterOf({ userId, acting }: Pick<Scope, "userId" | "acting">): string | null {
  return userId ?? (acting.type === "service_account" ? acting.id : null);
}
