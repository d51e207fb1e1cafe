import type { WaitResponse } from "@/prisma/generated/client";
import { rolesHeld } from "@/server/auth/roles-held";
import type { Tx } from "@/server/db/scoped";
import { isNamed } from "@/server/nodes/approval/named";
import type { WaitDetail } from "./contract";

/** Who was asked and whether they have answered. A role has answered once somebody who has it at the workflow did. */
export async function viewAsked(tx: Tx, workflowId: string | null, approvers: string[], responses: Pick<WaitResponse, "userId">[]): Promise<WaitDetail["asked"]> {
  if (approvers.length === 0) return [];
  const responders = new Set(responses.flatMap(({ userId }) => userId ?? []));
  const addresses = approvers.filter(isAddress).map((who) => who.toLowerCase());
  const people = await tx.user.findMany({
    where: { OR: [{ email: { in: addresses } }, { id: { in: [...responders] } }] },
    select: { id: true, email: true, name: true },
  });
  const held = await rolesHeld(tx, [...responders], [workflowId]);
  const answered = people.filter(({ id }) => responders.has(id));
  return approvers.map((who) => {
    if (!isAddress(who)) return { who, kind: "role" as const, name: null, answered: answered.some(({ id }) => isNamed([who], null, held(id, workflowId).names)) };
    const person = people.find(({ email }) => email === who.toLowerCase());
    return { who, kind: "person" as const, name: person?.name ?? null, answered: person !== undefined && responders.has(person.id) };
  });
}

function isAddress(who: string): boolean {
  return who.includes("@");
}
