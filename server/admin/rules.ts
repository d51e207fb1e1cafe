import type { z } from "zod";
import { recordAudit } from "@/server/audit/service";
import { FACTOR_RULE, isFactorRequired, type PlatformScope } from "@/server/auth/platform";
import type { Session } from "@/server/auth/session";
import { rawDb } from "@/server/db/client";
import { DomainError } from "@/server/errors/domain-error";
import type { AdministratorRules, setRulesInput } from "./contract";

interface Context {
  platform: PlatformScope;
  session: Session;
}

const NO_FACTOR = { passkeys: { none: {} }, OR: [{ totpFactor: { is: null } }, { totpFactor: { is: { confirmedAt: null } } }] };

export async function viewRules({ session }: Context): Promise<AdministratorRules> {
  const [secondFactorRequired, withoutFactor] = await Promise.all([isFactorRequired(), rawDb().platformAdmin.count({ where: { user: { disabledAt: null, ...NO_FACTOR } } })]);
  return { secondFactorRequired, withoutFactor, hasShownFactor: session.secondFactorAt !== null };
}

/** Whoever turns it on stays inside: they have shown theirs. */
export async function setRules({ platform, session }: Context, { secondFactorRequired }: z.output<typeof setRulesInput>) {
  if (secondFactorRequired && session.secondFactorAt === null) throw new DomainError("invalid_input", { field: "secondFactorRequired", reason: "is for whoever has signed in with a second factor of their own" });
  await rawDb().$transaction(async (tx) => {
    const name = FACTOR_RULE;
    const { count } = secondFactorRequired ? await tx.installationMark.createMany({ data: [{ name }], skipDuplicates: true }) : await tx.installationMark.deleteMany({ where: { name } });
    if (count === 0) return;
    await recordAudit(tx, platform, { action: "platform_admin.rule_changed", before: { secondFactorRequired: !secondFactorRequired }, after: { secondFactorRequired } });
  });
  return { ok: true as const };
}
