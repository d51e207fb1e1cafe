import { rawDb } from "@/server/db/client";
import type { RequestOrigin } from "@/server/audit/contract";

/** Before there is a scope: the token itself says whose it is. */
export function findTokenByHash(tokenHash: Uint8Array<ArrayBuffer>) {
  return rawDb().apiToken.findUnique({ where: { tokenHash }, include: { workspace: { select: { organizationId: true, organization: { select: { tokenMaxDays: true } } } }, serviceAccount: { select: { name: true } } } });
}

/** Notes the use at most once a minute; false when that was done already. */
export async function touchToken(id: string, origin: RequestOrigin): Promise<boolean> {
  const changed = await rawDb().$executeRaw`
    update api_token set last_used_at = now(), last_used_ip = ${origin.ip}
    where id = ${id}::uuid and (last_used_at is null or last_used_at < now() - interval '1 minute')`;
  return changed > 0;
}
