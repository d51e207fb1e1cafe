import { newId } from "@/server/db/id";
import { keepBlobs, putBlob, readBlob, readBlobText } from "@/server/blobs/service";
import { queryAsTenant } from "@/server/db/tenant-query";
import { definitionSchema } from "@/server/engine/definition";
import { env } from "@/server/env";
import { createGuard } from "@/server/http/guard";
import { createHttpClient } from "@/server/http/send";
import { findKind } from "@/server/nodes/catalog";
import { findRunner } from "@/server/nodes/registry";
import { DEFAULT_SUBWORKFLOW_DEPTH, type FileStore } from "@/server/nodes/services";
import { resolveModule } from "@/server/modules/service";
import { patiently } from "@/server/queue/patience";
import { createSandboxPool } from "@/server/sandbox/pool";
import { createRedactor, resolveSecrets } from "@/server/secrets/service";
import { readVariables } from "@/server/variables/service";
import { ChildVersions } from "@/server/worker/child-version";
import { llmServices } from "@/server/worker/llm-log";
import { openIdentitySource } from "@/server/worker/identity-source";
import type { PayloadStore, WorkerPorts, WorkspaceInfo } from "@/server/worker/ports";
import { stepCache } from "@/server/worker/step-cache";

export interface InstallationPorts extends WorkerPorts {
  close(): Promise<void>;
}

/** The worker's view of this installation: its database, its network guard, its sandboxes. */
export function openInstallationPorts(): InstallationPorts {
  const { close, ...ports } = openPorts();
  const { services } = ports;
  const recordRequest = patient(services.llm.recordRequest);
  return {
    ...ports,
    definition: patient(ports.definition),
    variables: patient(ports.variables),
    workspace: patient(ports.workspace),
    secrets: { ...ports.secrets, resolve: patient(ports.secrets.resolve) },
    identity: { ask: patient(ports.identity.ask), ofChild: patient(ports.identity.ofChild), isOwnFile: patient(ports.identity.isOwnFile), issueToken: patient(ports.identity.issueToken), endTokens: patient(ports.identity.endTokens) },
    cache: { get: patient(ports.cache.get), put: patient(ports.cache.put) },
    blobs: { put: patient(ports.blobs.put), get: patient(ports.blobs.get), share: patient(ports.blobs.share) },
    services: {
      ...services,
      llm: { findAdapter: patient(services.llm.findAdapter), recordRequest: (entry) => recordRequest(entry, newId()) },
      files: { save: patient(services.files.save), read: patient(services.files.read) },
      workflows: { resolve: patient((request) => services.workflows.resolve(request)) },
      modules: { resolve: patient((request) => services.modules.resolve(request)) },
    },
    close,
  };
}

/** A database that is away for a moment is no reason for a step to fail. All of these may be repeated. */
function patient<Parameters extends unknown[], Answer>(call: (...parameters: Parameters) => Promise<Answer>): (...parameters: Parameters) => Promise<Answer> {
  return (...parameters) => patiently(env.LEASE_SECONDS * 1_000, () => call(...parameters));
}

function openPorts(): InstallationPorts {
  const sandbox = createSandboxPool({ threads: env.SANDBOX_THREADS });
  const http = createHttpClient({ guard: createGuard({ allow: env.MILLRACE_SSRF_ALLOW }), baseUrl: env.MILLRACE_URL });
  const workspaces = new Map<string, { info: WorkspaceInfo; until: number }>();
  return {
    kinds: { spec: (kind) => findKind(kind) ?? undefined, runner: (kind) => findRunner(kind) ?? undefined },
    sandbox,
    services: { sandbox, http, llm: llmServices, files, workflows: new ChildVersions(), modules: { resolve: ({ workspaceId, module, version }) => resolveModule(workspaceId, module, version) }, limits: { subworkflowDepth: DEFAULT_SUBWORKFLOW_DEPTH } },
    definition: readDefinition,
    variables: readVariables,
    workspace: async (id) => {
      const known = workspaces.get(id);
      if (known !== undefined && known.until > performance.now()) return known.info;
      const info = await readWorkspace(id);
      workspaces.set(id, { info, until: performance.now() + WORKSPACE_KEPT_MS });
      return info;
    },
    secrets: {
      resolve: async (workspaceId, runId, names) => (await resolveSecrets({ workspaceId, runId }, names)).values,
      redactor: createRedactor,
    },
    identity: openIdentitySource(),
    cache: stepCache,
    blobs: payloads,
    close: async () => {
      await Promise.all([sandbox.close(), http.close()]);
    },
  };
}

/** A renamed workspace shows its new name to runs after this time. */
const WORKSPACE_KEPT_MS = 60_000;

async function readWorkspace(id: string): Promise<WorkspaceInfo> {
  const { rows } = await queryAsTenant<{ slug: string; name: string }>(id, { text: "SELECT slug, name FROM workspace WHERE id = $1", values: [id] });
  return { id, slug: rows[0]?.slug ?? "", name: rows[0]?.name ?? "", baseUrl: env.MILLRACE_URL };
}

async function readDefinition(workspaceId: string, versionId: string): ReturnType<WorkerPorts["definition"]> {
  const text = "SELECT definition FROM workflow_version WHERE id = $1 AND workspace_id = $2";
  const { rows } = await queryAsTenant<{ definition: unknown }>(workspaceId, { text, values: [versionId, workspaceId] });
  return rows[0] === undefined ? null : definitionSchema.parse(rows[0].definition);
}

const payloads: PayloadStore = {
  put: async (workspaceId, runId, text) => (await putBlob({ workspaceId, owner: { type: "run", id: runId }, contentType: "application/json" }, text)).id,
  get: async (workspaceId, id) => {
    const text = await readBlobText(workspaceId, id);
    if (text === null) throw new Error(`the payload ${id} is not in the blob store`);
    return text;
  },
  share: keepBlobs,
};

const files: FileStore = {
  save: async ({ workspaceId, runId, name, mediaType, data }) => {
    const { id, size } = await putBlob({ workspaceId, owner: { type: "run", id: runId }, contentType: mediaType, name }, data);
    return { $file: { id, name, mediaType, size } };
  },
  read: readBlob,
};
