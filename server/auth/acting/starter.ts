import type { Scope } from "../scope";

/** Whose a start is: a person's, or a service account's by itself; a step's is that of whoever started its run. Null: a program's. */
export function starterOf({ userId, acting }: Pick<Scope, "userId" | "acting">): string | null {
  return userId ?? acting.starterId ?? (acting.type === "service_account" ? acting.id : null);
}
