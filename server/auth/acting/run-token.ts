import { v5 } from "uuid";
import { recordAuditWith } from "@/server/audit/service";
import { sharedPool } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { queryAsTenant } from "@/server/db/tenant-query";
import { FolderPlaces, freshSecret, hashOf, looksLike, tokenIsNotValid, type VerifiedToken, withinOf } from "@/server/tokens/service";
import { narrowRights, readTokenScope, writeTokenScope } from "../token-rights";
import { rightsNow } from "./current-rights";
import { EARLIER_BOUND, nameOfIdentity, readIdentity, rightsOfBound, rightsTogether, type RunIdentity } from "./run-identity";

export const RUN_TOKEN_PREFIX = "mrt_";
/** However long the attempt may take. */
const LONGEST_SECONDS = 3_600;

export interface TokenRequest {
  workspaceId: string;
  runId: string;
  path: string;
  attempt: number;
  /** `resource:action`, or `resource:action:FOLDER` with a folder's path or id. */
  scopes: readonly string[];
  seconds: number;
}

const INSERT = `
INSERT INTO run_token (id, workspace_id, run_id, path, attempt, token_hash, scopes, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, now() + make_interval(secs => $8))`;

/** Null: the scope that is named first is none. Made out once per attempt and request; told of in the audit log once per step. */
export async function issueRunToken({ workspaceId, runId, path, attempt, scopes, seconds }: TokenRequest, identity: RunIdentity | null): Promise<{ token: string } | { unknownScope: string }> {
  const places = scopes.some((text) => readTokenScope(text)?.folder != null) ? await foldersOf(workspaceId) : null;
  const stored: string[] = [];
  for (const text of scopes) {
    const scope = readTokenScope(text);
    const folder = scope?.folder == null ? null : (places?.idOf(scope.folder) ?? null);
    if (scope === null || (scope.folder !== null && folder === null)) return { unknownScope: text };
    stored.push(writeTokenScope({ permission: scope.permission, folder }));
  }
  const { text: token, hash } = freshSecret(RUN_TOKEN_PREFIX);
  await queryAsTenant(workspaceId, { text: INSERT, values: [newId(), workspaceId, runId, path, attempt, Buffer.from(hash), stored, Math.min(seconds, LONGEST_SECONDS)] });
  const { rows } = await sharedPool().query<{ organizationId: string }>('select organization_id as "organizationId" from workspace where id = $1', [workspaceId]);
  const source = { organizationId: rows[0]!.organizationId, workspaceId, actor: { type: "run", id: runId, name: `run ${runId} as ${identity === null ? "the workspace" : nameOfIdentity(identity)}` } } as const;
  await recordAuditWith(sharedPool(), source, { id: v5(`run_token.issued ${path}`, runId), action: "run_token.issued", resource: { type: "run", id: runId }, after: { path, scopes: stored } });
  return { token };
}

/** With the attempt that it was for. */
export async function endRunTokens({ workspaceId, runId, path, attempt }: Pick<TokenRequest, "workspaceId" | "runId" | "path" | "attempt">): Promise<void> {
  await queryAsTenant(workspaceId, { text: "DELETE FROM run_token WHERE run_id = $1 AND path = $2 AND attempt = $3", values: [runId, path, attempt] });
}

interface Row {
  id: string;
  runId: string;
  scopes: string[];
  identity: string | null;
  workflow: string | null;
  starterId: string | null;
  workspace: VerifiedToken["workspace"];
}

// The step is asked for too: a worker that was killed ends no tokens.
const FIND = `
SELECT t.id, t.run_id AS "runId", t.scopes, r.identity::text AS identity, wf.name AS workflow, coalesce(o.started_for_id, o.started_by_id, r.started_for_id, r.started_by_id) AS "starterId",
  json_build_object('id', w.id, 'organizationId', w.organization_id, 'slug', w.slug, 'name', w.name, 'timeZone', w.time_zone) AS workspace
FROM run_token t
JOIN run r ON r.id = t.run_id AND r.finished_at IS NULL
JOIN step_run s ON s.run_id = t.run_id AND s.path = t.path AND s.attempt = t.attempt AND s.status = 'running' AND s.finished_at IS NULL
JOIN workspace w ON w.id = t.workspace_id AND w.deleted_at IS NULL AND w.archived_at IS NULL
LEFT JOIN run o ON o.id = r.root_run_id AND o.workspace_id = r.workspace_id
LEFT JOIN workflow wf ON wf.id = r.workflow_id
WHERE t.token_hash = $1 AND t.expires_at > now()`;

export function looksLikeRunToken(token: string): boolean {
  return looksLike(RUN_TOKEN_PREFIX, token);
}

/**
 * What the step asked for, of what its run may do now and might do when it was made. It acts for nobody in person: what only people
 * may do (answer approvals that name them, review) is not to be done by a workflow in their name.
 */
export async function verifyRunToken(token: string): Promise<VerifiedToken> {
  const { rows } = await sharedPool().query<Row>({ name: "run-token", text: FIND, values: [Buffer.from(hashOf(token))] });
  const [found] = rows;
  if (found === undefined) throw tokenIsNotValid();
  const { workspace, scopes, runId, starterId } = found;
  const identity: RunIdentity = readIdentity(found.identity) ?? { type: "workspace", id: null, name: "Workspace", roles: [], bounds: [EARLIER_BOUND] };
  const now = await rightsNow(workspace.id, identity);
  if (now === null) throw tokenIsNotValid();
  const all = rightsTogether([...identity.bounds.map(rightsOfBound), ...(now.rights === "all" ? [] : [now.rights])]);
  const rights = narrowRights(all, scopes, await withinOf(workspace.id, all, scopes));
  if (rights.permissions.size === 0 && rights.parts.length === 0) throw tokenIsNotValid();
  const who = { type: identity.type === "workspace" ? ("system" as const) : identity.type, id: identity.id, name: nameOfIdentity(identity) };
  return { id: found.id, name: `run ${runId}${found.workflow === null ? "" : ` of ${found.workflow}`} as ${who.name}`, userId: null, workspace, rights, acting: { ...who, name: identity.name, rights, starterId } };
}

async function foldersOf(workspaceId: string): Promise<FolderPlaces> {
  const { rows } = await queryAsTenant<{ id: string; name: string; parentId: string | null }>(workspaceId, { text: 'SELECT id, name, parent_id AS "parentId" FROM folder WHERE workspace_id = $1', values: [workspaceId] });
  return new FolderPlaces(rows);
}
