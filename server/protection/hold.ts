import type { Scope } from "@/server/auth/scope";
import type { Tx } from "@/server/db/scoped";
import { DomainError } from "@/server/errors/domain-error";

interface Rule {
  id: string;
  needs_review: boolean;
  is_locked: boolean;
  environment_id: string | null;
  exceptions: { purpose: "publish" | "change"; role: string | null; userId: string | null }[];
}

/** What is about to change. */
export interface Target {
  workflowIds?: readonly string[];
  folderIds?: readonly string[];
  /** What is in the folders changes its place with them. */
  below?: boolean;
}

/** In locked folders nobody changes anything but those whom each rule names. To be called by whatever changes what lies in folders. */
export async function requireUnlocked(tx: Tx, scope: Scope, target: Target): Promise<void> {
  if (await isLockedFor(tx, scope, target)) throw new DomainError("locked", {});
}

export async function isLockedFor(tx: Tx, scope: Scope, target: Target): Promise<boolean> {
  if (scope.actor.type === "system") return false;
  return (await rulesOf(tx, target)).some((rule) => rule.is_locked && !isExcepted(rule, "change", scope));
}

/** Which of these workflows and folders are locked for whoever asks. */
export async function lockedFor(tx: Tx, scope: Scope, { workflowIds = [], folderIds = [] }: Pick<Target, "workflowIds" | "folderIds">): Promise<ReadonlySet<string>> {
  if (scope.actor.type === "system") return new Set();
  const rows = await tx.$queryRaw<(Rule & { placeId: string })[]>`
    select p.id::text as "placeId", r.* from unnest(${[...workflowIds]}::uuid[]) p(id) cross join lateral protecting_rules('{}', array[p.id], false) r where r.is_locked
    union all
    select p.id::text, r.* from unnest(${[...folderIds]}::uuid[]) p(id) cross join lateral protecting_rules(array[p.id], '{}', false) r where r.is_locked`;
  return new Set(rows.filter((rule) => !isExcepted(rule, "change", scope)).map(({ placeId }) => placeId));
}

/** Whether a lock holds somebody, by the roles that they have in the whole workspace. */
export async function locksPerson(tx: Tx, target: Target, { userId, roles }: { userId: string; roles: readonly string[] }): Promise<boolean> {
  const isNamed = ({ exceptions }: Rule) => exceptions.some((one) => one.purpose === "change" && (one.userId === userId || (one.role !== null && roles.includes(one.role))));
  return (await rulesOf(tx, target)).some((rule) => rule.is_locked && !isNamed(rule));
}

/** Whether somebody publishes what is there after a review alone, by the roles that they have in the whole workspace. */
export async function reviewsPerson(tx: Tx, target: Target, { userId, roles }: { userId: string; roles: readonly string[] }): Promise<boolean> {
  const isNamed = ({ exceptions }: Rule) => exceptions.some((one) => one.purpose === "publish" && (one.userId === userId || (one.role !== null && roles.includes(one.role))));
  return (await rulesOf(tx, target)).some((rule) => rule.needs_review && rule.environment_id === null && !isNamed(rule));
}

/** Nobody gets around a review by taking things to where none is needed, but those who may do without. */
export async function keepReviews<Result>(tx: Tx, scope: Scope, target: Target, move: () => Promise<Result>, now: Target = target): Promise<Result> {
  const before = await reviewsFor(tx, scope, target);
  const result = await move();
  const after = before.length === 0 ? [] : await reviewsFor(tx, scope, now);
  if (before.some((id) => !after.includes(id))) throw new DomainError("locked", { why: "review" });
  return result;
}

async function reviewsFor(tx: Tx, scope: Scope, target: Target): Promise<string[]> {
  if (scope.actor.type === "system") return [];
  return (await rulesOf(tx, target)).filter((rule) => rule.needs_review && !isExcepted(rule, "publish", scope)).map(({ id }) => id);
}

/** Null: no review is needed by the rules for these environments (null: for publishing). Else whether somebody may do without. */
export async function reviewRulesOf(tx: Tx, scope: Scope, workflowId: string, environmentIds: readonly (string | null)[]): Promise<{ mayBypass: boolean } | null> {
  if (scope.actor.type === "system") return null;
  const rules = (await rulesOf(tx, { workflowIds: [workflowId] })).filter((rule) => rule.needs_review && environmentIds.includes(rule.environment_id));
  return rules.length === 0 ? null : { mayBypass: rules.every((rule) => isExcepted(rule, "publish", scope)) };
}

function rulesOf(tx: Tx, { workflowIds = [], folderIds = [], below = false }: Target): Promise<Rule[]> {
  return tx.$queryRaw<Rule[]>`select * from protecting_rules(${[...folderIds]}::uuid[], ${[...workflowIds]}::uuid[], ${below})`;
}

/** A run's own token acts for nobody in person: no rule names it, whoever started the run. */
function isExcepted({ exceptions }: Rule, purpose: "publish" | "change", { userId, acting, actor }: Scope): boolean {
  const isProgram = actor.type === "token" && userId === null;
  return exceptions.some((one) => one.purpose === purpose && ((one.userId !== null && one.userId === userId) || (one.role !== null && !isProgram && acting.rights.roles?.includes(one.role) === true)));
}
