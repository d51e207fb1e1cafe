import { sharedPool } from "@/server/db/client";
import type { GrantedPlaces } from "@/server/db/tenant-lock";
import { queryAsTenant } from "@/server/db/tenant-query";
import { rightsOfHolder } from "@/server/tokens/service";
import { placesOf, type Rights } from "../access";
import type { Permission } from "../permissions";
import { type RunAs, rightsOfBound, type RunIdentity } from "./run-identity";

/** So long a worker counts on what it has read: a person who is removed can do nothing in runs after that. */
const KEPT_MS = 1_000;
const KEPT_ENTRIES = 10_000;

export interface Demand {
  permission: Permission;
  /** What it is to be allowed for; without one: in the whole workspace. */
  at?: { workflowId: string } | { blobId: string } | undefined;
}

/** What somebody may do now; null: nothing, since they are removed or disabled. */
export async function rightsNow(workspaceId: string, who: Pick<RunIdentity, "type" | "id">): Promise<{ rights: Rights | "all" } | null> {
  if (who.type === "workspace" || who.type === "system") return { rights: "all" };
  if (who.id === null) return null;
  if (who.type === "issuer") {
    const { rows } = await sharedPool().query<{ trusted: boolean }>("select is_issuer_trusted($1, $2) as trusted", [who.id, workspaceId]);
    return rows[0]?.trusted === true ? { rights: "all" } : null;
  }
  return rightsOfHolder(who.type === "user" ? { userId: who.id, serviceAccountId: null } : { userId: null, serviceAccountId: who.id }, workspaceId);
}

export function rightsOfRunAs(workspaceId: string, { type, id }: RunAs): Promise<{ rights: Rights } | null> {
  return rightsNow(workspaceId, { type, id }) as Promise<{ rights: Rights } | null>;
}

/** Asked by workers for what steps touch: what a run's identity may do, by what was recorded and by what is so now. */
export class CurrentRights {
  readonly #known = new Map<string, { found: ReturnType<typeof rightsNow>; until: number }>();

  constructor(private readonly keptMs = KEPT_MS) {}

  /** Whether it may; and `gone`: it may nothing at all any more. */
  async ask(workspaceId: string, identity: RunIdentity, { permission, at }: Demand): Promise<"yes" | "no" | "gone"> {
    const now = await this.#now(workspaceId, identity);
    if (now === null) return "gone";
    const limits = [...identity.bounds.map(rightsOfBound), ...(now.rights === "all" ? [] : [now.rights])];
    return (await allows(workspaceId, limits, { permission, at })) ? "yes" : "no";
  }

  #now(workspaceId: string, who: Pick<RunIdentity, "type" | "id">): ReturnType<typeof rightsNow> {
    if (who.type === "workspace" || who.type === "system") return rightsNow(workspaceId, who);
    const key = `${workspaceId} ${who.type} ${who.id ?? ""}`;
    const known = this.#known.get(key);
    if (known !== undefined && known.until > performance.now()) return known.found;
    if (this.#known.size >= KEPT_ENTRIES) this.#known.clear();
    const found = rightsNow(workspaceId, who);
    this.#known.set(key, { found, until: performance.now() + this.keptMs });
    found.catch(() => this.#known.delete(key));
    return found;
  }
}

/** Whether each of them allows it. */
export async function allows(workspaceId: string, limits: readonly Rights[], { permission, at }: Demand): Promise<boolean> {
  for (const { permissions, parts } of limits) {
    if (permissions.has(permission)) continue;
    const usable = parts.filter((part) => part.permissions.has(permission));
    if (at === undefined || usable.length === 0 || !(await isIn(workspaceId, placesOf(usable), at))) return false;
  }
  return true;
}

/** Row-level security answers it, as for everything else that is held to parts of a workspace. */
async function isIn(workspaceId: string, granted: GrantedPlaces, at: NonNullable<Demand["at"]>): Promise<boolean> {
  const [text, id] = "workflowId" in at ? ["select 1 from workflow where id = $1", at.workflowId] : ["select 1 from blob where id = $1 and owner_id is not null", at.blobId];
  return (await queryAsTenant(workspaceId, { text, values: [id] }, granted)).rows.length > 0;
}
