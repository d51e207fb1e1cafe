import { DomainError } from "@/server/errors/domain-error";
import type { Rights } from "../access";
import type { Scope } from "../scope";
import { allows, rightsOfRunAs } from "./current-rights";
import { type Bound, boundOf, EARLIER_BOUND, rightsOfBound, type RunAs, type RunIdentity, withBound } from "./run-identity";

/** What a version says of the identity of its runs. */
export interface VersionIdentity {
  /** Bound by whoever published it. */
  runAs: RunAs | null;
  /** What whoever published it might do. Null: it does not say. */
  publisherRights: Bound | null;
}

/** As a run stores it. */
export interface StoredIdentity {
  identity: string;
  /** Set when it is not whoever started it. */
  runAs?: string;
}

export function viaOf({ actor }: Scope): RunIdentity["via"] {
  return actor.type === "token" ? { type: "token", id: actor.id, name: actor.name } : undefined;
}

/** What is lent to runs by whoever says what they do: a person's own rights; of a token its own, and not all of its holder's. */
export function rightsOfAuthor({ actor, acting, wholeRights }: Scope): Rights {
  return actor.type === "token" ? wholeRights : acting.rights;
}

/** Of a run that somebody starts: whom the version names, else they themselves. */
export async function identityOfStart(scope: Scope, version: VersionIdentity): Promise<StoredIdentity> {
  const via = viaOf(scope);
  if (version.runAs !== null) return asNamed(scope.workspaceId, version.runAs, version, { type: scope.actor.type, id: scope.actor.id, name: scope.actor.name });
  return stored({ ...ownIdentity(scope), ...(via === undefined ? {} : { via }) }, version);
}

/**
 * Of a test of a draft: always whoever starts it, so that no edit takes hold of another's rights. A token that starts it chooses
 * what is carried out, so its own scopes count; and nobody lends more than a builder's rights to a draft that another has written.
 */
export function identityOfTest(scope: Scope): StoredIdentity {
  const own = ownIdentity(scope);
  const via = viaOf(scope);
  const bounds = via === undefined ? own.bounds : withBound(own.bounds, boundOf(rightsOfAuthor(scope)));
  return stored({ ...own, bounds, ...(via === undefined ? {} : { via }) }, { publisherRights: EARLIER_BOUND });
}

interface Setting {
  runAs?: RunAs | null;
  /** What whoever set it might do. Null: it does not say. */
  setterRights: Bound | null;
}

/**
 * Of a run that nobody starts in person: whom the trigger or version names, else the workspace; with what the publisher might do and,
 * unless the version says itself whom it acts for, what whoever set the trigger might. So a trigger gives nobody more than a start by hand.
 */
export async function identityOfEvent(workspaceId: string, version: VersionIdentity, via: NonNullable<RunIdentity["via"]>, { runAs = null, setterRights }: Setting): Promise<StoredIdentity> {
  if (runAs === null && version.runAs !== null) return asNamed(workspaceId, version.runAs, version, via);
  const bounds = setterRights === null ? [] : [setterRights];
  if (runAs !== null) return asNamed(workspaceId, runAs, version, via, bounds);
  return stored({ type: "workspace", id: null, name: "Workspace", roles: [], bounds, via }, version);
}

/** Of a run of a workflow that another workflow, or a trigger, names as its handler, authorizer or poller: whoever named it must be allowed to start it. */
export async function identityOfNamed(workspaceId: string, workflowId: string, version: VersionIdentity, via: NonNullable<RunIdentity["via"]>, namerRights: Bound | null): Promise<StoredIdentity> {
  if (namerRights !== null && !(await allows(workspaceId, [rightsOfBound(namerRights)], { permission: "run:start", at: { workflowId } }))) {
    throw new DomainError("invalid_input", { field: "workflow", reason: "is named by somebody who may not start it (run:start): whoever may has to name it" });
  }
  return identityOfEvent(workspaceId, version, via, { setterRights: namerRights });
}

/** Of a child run: whom its own version names, else its parent's; in both cases no more than who published the child might do. */
export async function identityOfChild(workspaceId: string, parent: RunIdentity | null, version: VersionIdentity, via: NonNullable<RunIdentity["via"]>): Promise<StoredIdentity | null> {
  if (version.runAs !== null) return asNamed(workspaceId, version.runAs, version, via);
  return parent === null ? null : stored({ ...parent, via }, version);
}

function ownIdentity({ acting }: Scope): RunIdentity {
  return { type: acting.type, id: acting.id, name: acting.name, roles: [...(acting.rights.roles ?? [])], bounds: [boundOf(acting.rights)] };
}

async function asNamed(workspaceId: string, { type, id, name }: RunAs, version: VersionIdentity, via: NonNullable<RunIdentity["via"]>, bounds: readonly Bound[] = []): Promise<StoredIdentity> {
  const now = await rightsOfRunAs(workspaceId, { type, id, name });
  if (now === null) throw new DomainError("identity_gone", { name });
  return { ...stored({ type, id, name, roles: [...(now.rights.roles ?? [])], bounds: bounds.reduce(withBound, [boundOf(now.rights)]), via }, version), runAs: name };
}

function stored(identity: RunIdentity, { publisherRights }: Pick<VersionIdentity, "publisherRights">): StoredIdentity {
  return { identity: JSON.stringify({ ...identity, bounds: withBound(identity.bounds, publisherRights ?? EARLIER_BOUND) }) };
}
