import type { Scope } from "../scope";

type Starter = Pick<Scope, "userId" | "acting">;

/** Whose a start is: a person's, or a service account's by itself. Null: a program's. */
export function starterOf({ userId, acting }: Starter): string | null {
  return userId ?? (acting.type === "service_account" ? acting.id : null);
}

/** The person who has in hand what is made: through a program, whoever made the program's token. */
export function makerIn({ userId, acting }: Starter): string | null {
  return userId ?? acting.starterId ?? null;
}

/** Who is behind what is asked for: of a step, whoever started its run; of a service account, whoever made the token that asks. They answer no approval of what comes of it, and it is not theirs to see. */
export function personBehind(scope: Starter): string | null {
  return scope.userId ?? scope.acting.starterId ?? starterOf(scope);
}
