import type { Environment } from "@/prisma/generated/client";
import type { Tx } from "@/server/db/scoped";
import { DomainError } from "@/server/errors/domain-error";
import { findEnvironments } from "./queries";
import { deployedIn, wasDeployedIn } from "./records";

/** The environment of a run that somebody starts; null: the workspace has none. Tests of drafts go to the first that takes them. */
export async function chooseEnvironment(tx: Tx, mode: "production" | "test", ref: string | undefined): Promise<Environment | null> {
  const all = await findEnvironments(tx);
  const named = ref === undefined ? undefined : all.find(({ id, slug }) => id === ref || slug === ref);
  if (ref !== undefined && named === undefined) throw new DomainError("not_found", { what: "environment", id: ref });
  if (mode === "production") return named ?? all.at(-1) ?? null;
  if (named !== undefined) return requireTests(named);
  const first = all.find(({ allowsTests }) => allowsTests);
  if (first === undefined && all.length > 0) throw new DomainError("invalid_input", { field: "environment", reason: "is missing: no environment takes tests of drafts" });
  return first ?? null;
}

/** A draft shows whoever writes it all that it is given: only some environments take tests. */
export function requireTests(environment: Environment): Environment {
  if (!environment.allowsTests) throw new DomainError("invalid_input", { field: "environment", reason: `is ${environment.name}, which takes no tests of drafts` });
  return environment;
}

/** The version that a run in an environment uses: what it has, or one that it has had. */
export async function versionIn(tx: Tx, environment: Environment, workflowId: string, wanted: { id: string; number: number | null } | null): Promise<string> {
  if (wanted !== null) {
    if (!(await wasDeployedIn(tx, { workflowId, environmentId: environment.id, versionId: wanted.id }))) {
      throw new DomainError("invalid_input", { field: "versionId", reason: `names version ${wanted.number ?? 0}, which has never been in ${environment.name}: promote it first` });
    }
    return wanted.id;
  }
  const there = await deployedIn(tx, workflowId, environment.id);
  if (there !== null) return there.versionId;
  const hint = await hintFor(tx, environment, workflowId);
  throw new DomainError("not_published", { workflowId, environment: environment.name, ...(hint === null ? {} : { hint }) });
}

async function hintFor(tx: Tx, environment: Environment, workflowId: string): Promise<string | null> {
  const all = await findEnvironments(tx);
  const earlier = all.slice(0, all.findIndex(({ id }) => id === environment.id)).reverse();
  for (const one of earlier) {
    const there = await deployedIn(tx, workflowId, one.id);
    if (there !== null) return `promote version ${there.number} from ${one.name}`;
  }
  return earlier.length === 0 ? "publish it" : `publish it to ${earlier.at(-1)!.name} and promote it`;
}
