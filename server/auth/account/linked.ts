import { rawDb } from "@/server/db/client";
import { DomainError } from "@/server/errors/domain-error";
import type { RequestOrigin } from "@/server/audit/contract";
import { recordAccess } from "../access-audit";
import type { Session } from "../session";
import { personOf } from "./sessions";

/** The account elsewhere does not sign this person in any more. The last way in stays. */
export async function unlinkAccount(session: Session, id: string, origin: RequestOrigin): Promise<void> {
  const person = personOf(session);
  await rawDb().$transaction(async (tx) => {
    const linked = await tx.linkedAccount.findFirst({ where: { id, userId: person.id } });
    if (linked === null) throw new DomainError("not_found", { what: "linked account" });
    const { passwordHash, passkeys, linkedAccounts } = await tx.user.findUniqueOrThrow({ where: { id: person.id }, include: { passkeys: true, linkedAccounts: true } });
    if (passwordHash === null && passkeys.length === 0 && linkedAccounts.length === 1) {
      throw new DomainError("in_use", { what: "linked account", id, usedBy: ["you: it is your only way in. Set a password or add a passkey first"] });
    }
    await tx.linkedAccount.delete({ where: { id } });
    await recordAccess(tx, person, { action: "account.unlinked", resource: { type: "linked_account", id, name: linked.label }, after: { provider: linked.provider } }, origin);
  });
}
