import type { ApiToken } from "@/prisma/generated/client";
import type { RequestOrigin } from "@/server/audit/contract";
import { recordByHour } from "@/server/audit/service";
import type { Rights } from "@/server/auth/access";
import type { Acting } from "@/server/auth/scope";
import { isAllowedAddress } from "@/server/auth/address-list";
import { namesFolders, narrowRights } from "@/server/auth/token-rights";
import { rawDb } from "@/server/db/client";
import { DomainError } from "@/server/errors/domain-error";
import { TOKEN_PREFIX } from "./contract";
import { rightsOfHolder } from "./holder";
import { endOfToken } from "./lifetime";
import { findTokenByHash, touchToken } from "./queries";
import { recordRefusal, type Refusal } from "./refusals";
import { FolderPlaces } from "./scopes";
import { hashOf, looksLike } from "./secret";

export interface VerifiedToken {
  id: string;
  name: string;
  userId: string | null;
  workspace: { id: string; organizationId: string; slug: string; name: string; timeZone: string };
  rights: Rights;
  /** Who holds it, with all that they may do. */
  acting: Acting;
}

export function tokenIsNotValid(): DomainError<"unauthenticated"> {
  return new DomainError("unauthenticated", { reason: "The API token is not valid." });
}

/** Unknown, expired, revoked and misplaced tokens get one answer. Use is noted by the minute and audited by the hour. */
export async function verifyToken(token: string, origin: RequestOrigin): Promise<VerifiedToken> {
  const found = looksLike(TOKEN_PREFIX, token) ? await findTokenByHash(hashOf(token)) : null;
  if (found === null) throw tokenIsNotValid();
  const { id, workspaceId, userId, scopes, serviceAccount, madeById } = found;
  const name = serviceAccount === null ? found.name : `${serviceAccount.name} (${found.name})`;
  const source = { organizationId: found.workspace.organizationId, workspaceId, actor: { type: "token", id, name }, origin } as const;
  const resource = { type: "token", id, name: found.name };
  const refuse = async (reason: Refusal): Promise<never> => {
    await recordRefusal(source, resource, reason);
    throw tokenIsNotValid();
  };
  const unfit = unfitBecause({ ...found, expiresAt: endOfToken(found, found.workspace.organization.tokenMaxDays) }, origin);
  if (unfit !== null) return refuse(unfit);
  const holder = await rightsOfHolder(found, workspaceId);
  if (holder === null) return refuse("holder");
  const rights = narrowRights(holder.rights, scopes, await withinOf(workspaceId, holder.rights, scopes));
  if (rights.permissions.size === 0 && rights.parts.length === 0) return refuse("no_rights");
  if (await touchToken(id, origin)) await recordByHour(source, { of: id, key: "" }, { action: "token.used", resource });
  return { id, name, userId, workspace: holder.workspace, rights, acting: { ...holder.who, rights: holder.rights, ...(userId === null ? { starterId: madeById } : {}) } };
}

function unfitBecause({ kind, revokedAt, expiresAt, allowedAddresses }: Pick<ApiToken, "kind" | "revokedAt" | "expiresAt" | "allowedAddresses">, { ip }: RequestOrigin): Refusal | null {
  if (kind === "refresh") return "kind";
  if (revokedAt !== null) return "revoked";
  if (expiresAt !== null && expiresAt.getTime() <= Date.now()) return "expired";
  return isAllowedAddress(ip, allowedAddresses) ? null : "address";
}

/** Folders are looked at only when both sides name some. */
export async function withinOf(workspaceId: string, { parts }: Rights, scopes: readonly string[]): Promise<FolderPlaces["isWithin"]> {
  if (parts.length === 0 || !namesFolders(scopes)) return () => false;
  return new FolderPlaces(await rawDb().folder.findMany({ where: { workspaceId }, select: { id: true, name: true, parentId: true } })).isWithin;
}
