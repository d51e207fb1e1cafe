import type { z } from "zod";
import { permissionsOfRole, type Rights } from "@/server/auth/access";
import type { Permission } from "@/server/auth/permissions";
import type { Scope } from "@/server/auth/scope";
import { narrowRights, readTokenScope } from "@/server/auth/token-rights";
import type { Tx } from "@/server/db/scoped";
import { DomainError } from "@/server/errors/domain-error";
import { endOfToken, FolderPlaces, mostDays, rightsOfHolder, shownScopes } from "@/server/tokens/service";
import type { explainProgramInput, Explanation, ProgramExplanation } from "./contract";
import { type Asked, explainPerson, judged } from "./explain";
import { findPlace } from "./places";
import { rolesOfIssuer } from "./programs-at";

/** A role that holds in the whole workspace, as every role of a program does. */
interface Held {
  label: string;
  permissions: readonly Permission[];
  via: Explanation["reasons"][number]["via"];
}

/** No rule names a program: locks and reviews hold it whatever its role. */
const NOBODY = { userId: "", roles: [], named: [] };

/** The same as `explain`, for a service account, for whoever comes with a token of a trusted issuer, or for one API token. */
export function explainProgram({ scope }: { scope: Scope }, { program, permission, place }: z.output<typeof explainProgramInput>): Promise<ProgramExplanation> {
  scope.require(place === undefined ? "member:read" : "access:read");
  return scope.db.transaction(async (tx) => {
    const asked = { permission, place: place === undefined ? null : await findPlace(tx, place) };
    if ("serviceAccountId" in program) return { ...(await explainAccount(tx, scope, asked, program.serviceAccountId)), token: null };
    if ("issuerId" in program) return { ...(await explainIssuer(tx, scope, asked, program.issuerId)), token: null };
    return explainToken(tx, scope, asked, program.tokenId);
  });
}

type WithoutToken = Omit<ProgramExplanation, "token">;

async function explainAccount(tx: Tx, scope: Scope, asked: Asked, id: string): Promise<WithoutToken> {
  const account = await tx.serviceAccount.findFirst({ where: { id }, include: { customRole: { select: { name: true, permissions: true } } } });
  if (account === null) throw new DomainError("not_found", { what: "service account", id });
  const { name, role, customRole, disabledAt } = account;
  const held = { label: customRole?.name ?? role, permissions: permissionsOfRole({ role, permissions: customRole?.permissions ?? null }), via: { kind: "program", name } } as const;
  return explainHeld(tx, scope, asked, [held], disabledAt !== null);
}

async function explainIssuer(tx: Tx, scope: Scope, asked: Asked, id: string): Promise<WithoutToken> {
  const issuer = await tx.trustedIssuer.findFirst({ where: { id } });
  if (issuer === null) throw new DomainError("not_found", { what: "issuer", id });
  const customs = await tx.customRole.findMany({ select: { id: true, name: true, permissions: true } });
  const held = rolesOfIssuer(issuer, customs).map(({ label, permissions, value }): Held => ({ label, permissions, via: { kind: "claim", name: `${issuer.claim}: ${value}` } }));
  return explainHeld(tx, scope, asked, held, !issuer.enabled);
}

async function explainHeld(tx: Tx, scope: Scope, asked: Asked, held: readonly Held[], isOff: boolean): Promise<WithoutToken> {
  const reasons = held.map(({ label, permissions, via }) => ({ role: label, via, where: { kind: "workspace", name: scope.workspace.name } as const, allows: !isOff && permissions.includes(asked.permission) }));
  return { ...(await judged(tx, scope, asked, reasons, NOBODY)), isOff };
}

async function explainToken(tx: Tx, scope: Scope, asked: Asked, id: string): Promise<ProgramExplanation> {
  const token = await tx.apiToken.findFirst({ where: { id, revokedAt: null, kind: "token" }, include: { serviceAccount: { select: { id: true, name: true } } } });
  if (token === null) throw new DomainError("not_found", { what: "token", id });
  const { userId, serviceAccount, scopes, allowedAddresses } = token;
  const base = await explainHolder(tx, scope, asked, token);
  const folders = await FolderPlaces.of(tx);
  const holder = await rightsOfHolder(token, scope.workspaceId);
  const isOfPermission = (text: string) => readTokenScope(text)?.permission === asked.permission;
  const reaches = holder !== null && reachesPlace(narrowRights(holder.rights, scopes, folders.isWithin), asked);
  const endsAt = endOfToken(token, await mostDays(tx, scope));
  const isExpired = endsAt !== null && endsAt.getTime() <= Date.now();
  const person = userId === null ? null : await tx.user.findFirst({ where: { id: userId }, select: { name: true, email: true } });
  return {
    ...base,
    allowed: base.allowed && reaches && !isExpired,
    token: {
      holder: userId !== null ? { kind: "person", name: person?.name ?? person?.email ?? "former member" } : serviceAccount === null ? null : { kind: "service_account", name: serviceAccount.name },
      scopes: shownScopes(scopes.filter(isOfPermission), folders),
      reaches,
      isExpired,
      allowedAddresses,
    },
  };
}

async function explainHolder(tx: Tx, scope: Scope, asked: Asked, { userId, serviceAccount }: { userId: string | null; serviceAccount: { id: string } | null }): Promise<WithoutToken> {
  if (serviceAccount !== null) return explainAccount(tx, scope, asked, serviceAccount.id);
  if (userId === null) return explainHeld(tx, scope, asked, [{ label: "everything", permissions: [asked.permission], via: { kind: "installation", name: "Millrace" } }], false);
  return { ...(await explainPerson(tx, scope, { userId, ...asked })), isOff: false };
}

/** By the rule that opens doors. */
function reachesPlace({ permissions, parts }: Pick<Rights, "permissions" | "parts">, { permission, place }: Asked): boolean {
  if (permissions.has(permission)) return true;
  if (place === null) return false;
  return parts.some((part) => part.permissions.has(permission) && (part.folderId === null ? place.kind === "workflow" && part.itemId === place.id : place.folders.some(({ id }) => id === part.folderId)));
}
