import type { Demand } from "@/server/auth/acting/current-rights";
import type { RunIdentity } from "@/server/auth/acting/run-identity";
import type { TokenRequest } from "@/server/auth/acting/run-token";
import type { StoredIdentity } from "@/server/auth/acting/start-identity";
import type { Definition } from "@/server/engine/definition";
import type { ExpressionSandbox } from "@/server/expressions/sandbox-port";
import type { StepServices } from "@/server/nodes/services";
import type { KindSource } from "@/server/worker/compiled-workflow";

/** What the runtime needs of the world besides the `RunStore`. Everything workspace-bound takes the workspace. */
export interface WorkerPorts {
  kinds: KindSource;
  sandbox: ExpressionSandbox;
  services: StepServices;
  /** The definition of a version; null when there is none. Versions never change. */
  definition(workspaceId: string, versionId: string): Promise<Definition | null>;
  /** All that the run's workflow sees, as they are now. */
  variables(workspaceId: string, runId: string): Promise<Record<string, unknown>>;
  workspace(workspaceId: string): Promise<WorkspaceInfo>;
  secrets: SecretSource;
  identity: IdentitySource;
  cache: StepCache;
  blobs: PayloadStore;
}

/** What `workspace` is in expressions. */
export interface WorkspaceInfo {
  id: string;
  slug: string;
  name: string;
  baseUrl: string;
}

/** What whom a run acts for may do. */
export interface IdentitySource {
  ask(workspaceId: string, identity: RunIdentity, demand: Demand): Promise<"yes" | "no" | "gone">;
  /** Of a child run of a version; null: as the run that starts it. */
  ofChild(workspaceId: string, parent: RunIdentity | null, versionId: string, via: NonNullable<RunIdentity["via"]>): Promise<StoredIdentity | null>;
  /** A token of one attempt, for what of the scopes the run may do. */
  issueToken(request: TokenRequest, identity: RunIdentity | null): Promise<{ token: string } | { unknownScope: string }>;
  endTokens(attempt: Pick<TokenRequest, "workspaceId" | "runId" | "path" | "attempt">): Promise<void>;
  /** Whether a file is the run's own, or was given to it. */
  isOwnFile(workspaceId: string, runId: string, blobId: string): Promise<boolean>;
}

export interface SecretSource {
  /** The values by name; a name that does not exist is left out. */
  resolve(workspaceId: string, runId: string, names: readonly string[]): Promise<ReadonlyMap<string, string>>;
  redactor(secrets: Iterable<readonly [name: string, value: string]>): Redactor;
}

/** Replaces the values of secrets, in all forms in which they are written, by a mark. */
export interface Redactor {
  text(text: string): string;
  value<Value>(value: Value): Value;
  piece(text: string): { text: string; rest: string };
}

export interface CacheKey {
  workspaceId: string;
  /** A workflow's id, or `workspace`. */
  scope: string;
  key: string;
}

export interface StepCache {
  get(key: CacheKey): Promise<{ output: string; port: string } | null>;
  put(key: CacheKey, entry: { output: string; port: string; ttlSeconds: number; runId: string; path: string }): Promise<void>;
}

/** Where payloads go that are too large for a row. */
export interface PayloadStore {
  put(workspaceId: string, runId: string, text: string): Promise<string>;
  get(workspaceId: string, id: string): Promise<string>;
  /** What another run has stored is kept for this run too; false when some of it is not there any more. */
  share(workspaceId: string, runId: string, ids: readonly string[]): Promise<boolean>;
}

export interface WorkerSettings {
  /** A longer payload text goes to the payload store. */
  inlineMaxBytes: number;
  /** For measurements: every step's result is committed before the next step starts. */
  commitEachStep: boolean;
  /** How often a worker may be lost on a run without progress. */
  maxTakeovers: number;
  /** How long a suspect is watched beyond what it lived before. Default: a third of the lease, more than a life is measured too short. */
  probationMs?: number;
  /** How often a run is put back that the store refuses; for how long the first time, twice as long each time after it. */
  maxRefusals: number;
  refusalDelayMs: number;
  maxLogLines: number;
  /** How long an aborted runner may take to clean up. */
  abortGraceMs: number;
  /** A timer due within this time keeps the run in memory. */
  holdTimerMs: number;
  /** How long a run that waits for a child run stays in memory. */
  holdChildMs: number;
  /** A run with as many journal records leaves memory with a snapshot; a shorter journal is as quick to read. */
  snapshotFromSeq: number;
  /** A snapshot is made of a run that works after so many further records. */
  snapshotEvery: number;
}

export const DEFAULT_SETTINGS: WorkerSettings = {
  inlineMaxBytes: 256 * 1024,
  commitEachStep: false,
  maxTakeovers: 5,
  maxRefusals: 10,
  refusalDelayMs: 5_000,
  maxLogLines: 1_000,
  abortGraceMs: 2_000,
  holdTimerMs: 1_500,
  holdChildMs: 200,
  snapshotFromSeq: 100,
  snapshotEvery: 1_000,
};

export interface Clock {
  now(): number;
}
