import { v5 } from "uuid";
import type { RequestOrigin } from "@/server/audit/contract";
import { recordAudit } from "@/server/audit/service";
import type { Rights } from "@/server/auth/access";
import type { Acting } from "@/server/auth/scope";
import { isAllowedAddress } from "@/server/auth/address-list";
import { namesFolders, narrowRights } from "@/server/auth/token-rights";
import { rawDb } from "@/server/db/client";
import { DomainError } from "@/server/errors/domain-error";
import { TOKEN_PREFIX } from "./contract";
import { rightsOfHolder } from "./holder";
import { findTokenByHash, touchToken } from "./queries";
import { FolderPlaces } from "./scopes";
import { hashOf, looksLike } from "./secret";

const HOUR_MS = 3_600_000;

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
  if (found === null || found.kind === "refresh" || found.revokedAt !== null || (found.expiresAt !== null && found.expiresAt.getTime() <= Date.now())) throw tokenIsNotValid();
  if (!isAllowedAddress(origin.ip, found.allowedAddresses)) throw tokenIsNotValid();
  const { id, workspaceId, userId, scopes, serviceAccount, madeById } = found;
  const holder = await rightsOfHolder(found, workspaceId);
  if (holder === null) throw tokenIsNotValid();
  const rights = narrowRights(holder.rights, scopes, await withinOf(workspaceId, holder.rights, scopes));
  if (rights.permissions.size === 0 && rights.parts.length === 0) throw tokenIsNotValid();
  const name = serviceAccount === null ? found.name : `${serviceAccount.name} (${found.name})`;
  if (await touchToken(id, origin)) {
    const source = { organizationId: found.workspace.organizationId, workspaceId, actor: { type: "token", id, name }, origin } as const;
    const hour = Math.floor(Date.now() / HOUR_MS);
    await recordAudit(rawDb(), source, { id: v5(`token.used ${hour}`, id), action: "token.used", resource: { type: "token", id, name: found.name } });
  }
  return { id, name, userId, workspace: holder.workspace, rights, acting: { ...holder.who, rights: holder.rights, ...(userId === null ? { starterId: madeById } : {}) } };
}

/** Folders are looked at only when both sides name some. */
export async function withinOf(workspaceId: string, { parts }: Rights, scopes: readonly string[]): Promise<FolderPlaces["isWithin"]> {
  if (parts.length === 0 || !namesFolders(scopes)) return () => false;
  return new FolderPlaces(await rawDb().folder.findMany({ where: { workspaceId }, select: { id: true, name: true, parentId: true } })).isWithin;
}
