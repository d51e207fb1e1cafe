import type { HttpClient } from "@/server/http/client";
import type { LlmAdapterRow, LlmRequestEntry } from "@/server/llm/adapter";
import type { FileValue } from "@/server/nodes/file-value";
import type { SandboxPool } from "@/server/sandbox/pool";

/** What runners may use of the world. The worker makes one of these per process; everything workspace-bound takes the workspace. */
export interface StepServices {
  sandbox: Pick<SandboxPool, "runCode">;
  http: HttpClient;
  llm: LlmServices;
  files: FileStore;
  workflows: WorkflowResolver;
  modules: ModuleResolver;
  limits: { subworkflowDepth: number };
}

export interface LlmServices {
  /** An enabled adapter of the workspace, its organization or the installation, the nearest first; null when there is none. */
  findAdapter(workspaceId: string, name: string): Promise<LlmAdapterRow | null>;
  /** Told twice under one `id`, it counts once. */
  recordRequest(entry: LlmRequestEntry, id?: string): Promise<void>;
}

export interface FileStore {
  save(file: { workspaceId: string; runId: string; name: string; mediaType: string; data: Uint8Array }): Promise<FileValue>;
  /** Null when the workspace has no such file. */
  read(workspaceId: string, id: string): Promise<Uint8Array | null>;
}

/** A workflow version chosen for a child run; recorded with the run, so that a replay takes the same. */
export interface ResolvedWorkflow {
  workflowId: string;
  versionId: string;
  number: number;
  name: string;
  /** What the version says of its runs. */
  settings: { pool?: string; priority?: number; labels?: Record<string, string> };
}

export interface WorkflowRequest {
  workspaceId: string;
  /** `latest` means the same version wherever this run asks. */
  runId: string;
  /** Id or name. */
  workflow: string;
  /** A version's number, or `latest` for the published one. */
  version: number | "latest";
  /** `latest` is what this one has; null: the published version. */
  environmentId?: string | null;
}

export interface WorkflowResolver {
  /** Null when there is none. */
  resolve(request: WorkflowRequest): Promise<ResolvedWorkflow | null>;
}

export interface ModuleResolver {
  /** Null when the workspace has no such version of a block. */
  resolve(request: { workspaceId: string; module: string; version: number }): Promise<{ versionId: string } | null>;
}

export const DEFAULT_SUBWORKFLOW_DEPTH = 16;
