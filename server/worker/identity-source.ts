import { CurrentRights } from "@/server/auth/acting/current-rights";
import { versionIdentityOf } from "@/server/auth/acting/run-as";
import { identityOfChild, type VersionIdentity } from "@/server/auth/acting/start-identity";
import { endRunTokens, issueRunToken } from "@/server/auth/acting/run-token";
import { queryAsTenant } from "@/server/db/tenant-query";
import type { IdentitySource } from "@/server/worker/ports";

const REMEMBERED_VERSIONS = 1_000;

const OWN_FILE = `
SELECT 1 FROM blob b WHERE b.id = $1 AND b.workspace_id = $2
  AND ((b.owner_type = 'run' AND b.owner_id = $3) OR EXISTS (SELECT FROM blob_share s WHERE s.blob_id = b.id AND s.run_id = $3))`;

/** Rights as this installation knows them. */
export function openIdentitySource(): IdentitySource {
  const rights = new CurrentRights();
  const versions = new Map<string, VersionIdentity>();
  const versionOf = async (workspaceId: string, id: string): Promise<VersionIdentity> => {
    const known = versions.get(id);
    if (known !== undefined) return known;
    const text = "SELECT run_as AS \"runAs\", publisher_rights AS \"publisherRights\" FROM workflow_version WHERE id = $1 AND workspace_id = $2";
    const { rows } = await queryAsTenant<{ runAs: unknown; publisherRights: unknown }>(workspaceId, { text, values: [id, workspaceId] });
    const found = versionIdentityOf(rows[0] ?? { runAs: null, publisherRights: null });
    if (versions.size >= REMEMBERED_VERSIONS) versions.clear();
    versions.set(id, found);
    return found;
  };
  return {
    ask: (workspaceId, identity, demand) => rights.ask(workspaceId, identity, demand),
    ofChild: async (workspaceId, parent, versionId, via) => identityOfChild(workspaceId, parent, await versionOf(workspaceId, versionId), via),
    issueToken: issueRunToken,
    endTokens: endRunTokens,
    isOwnFile: async (workspaceId, runId, blobId) => (await queryAsTenant(workspaceId, { text: OWN_FILE, values: [blobId, workspaceId, runId] })).rows.length > 0,
  };
}
