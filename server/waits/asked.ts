import type { WaitResponse } from "@/prisma/generated/client";
import { rolesHeldByEach } from "@/server/auth/roles-held";
import type { Tx } from "@/server/db/scoped";
import type { WaitDetail } from "./contract";

/** Who was asked and whether they have answered. A role has answered once somebody of that role did. */
export async function viewAsked(tx: Tx, approvers: string[], responses: Pick<WaitResponse, "userId">[]): Promise<WaitDetail["asked"]> {
  if (approvers.length === 0) return [];
  const responders = new Set(responses.flatMap(({ userId }) => userId ?? []));
  const addresses = approvers.filter(isAddress).map((who) => who.toLowerCase());
  const people = await tx.user.findMany({
    where: { OR: [{ email: { in: addresses } }, { id: { in: [...responders] } }] },
    select: { id: true, email: true, name: true },
  });
  const roles = await rolesHeldByEach(tx, [...responders]);
  const answered = people.filter(({ id }) => responders.has(id));
  return approvers.map((who) => {
    if (!isAddress(who)) return { who, kind: "role" as const, name: null, answered: answered.some(({ id }) => roles.get(id)?.includes(who) === true) };
    const person = people.find(({ email }) => email === who.toLowerCase());
    return { who, kind: "person" as const, name: person?.name ?? null, answered: person !== undefined && responders.has(person.id) };
  });
}

function isAddress(who: string): boolean {
  return who.includes("@");
}
