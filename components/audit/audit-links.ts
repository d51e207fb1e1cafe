import type { AuditEventView } from "@/server/audit-log/contract";

export interface AuditLink {
  label: string;
  /** In the workspace. */
  path: string;
}

/** Where what an entry is about can be looked at. */
const PAGES: Readonly<Record<string, (id: string) => AuditLink>> = {
  run: (id) => ({ label: "Open the run", path: `/runs/${id}` }),
  workflow: (id) => ({ label: "Open the workflow", path: `/workflows/${id}` }),
  wait: (id) => ({ label: "Open the approval", path: `/approvals?wait=${id}` }),
  trigger: (id) => ({ label: "Open the trigger", path: `/triggers?trigger=${id}` }),
  review: (id) => ({ label: "Open the review", path: `/reviews?review=${id}` }),
  secret: (id) => ({ label: "Open the secret", path: `/settings/secrets#${id}` }),
  variable: (id) => ({ label: "Open the variable", path: `/settings/variables#${id}` }),
  environment: (id) => ({ label: "Open the environment", path: `/settings/environments#${id}` }),
  token: (id) => ({ label: "Open the token", path: `/settings/tokens#${id}` }),
};

/** Ids in what an entry says besides. */
const NAMED = { workflowId: "workflow", runId: "run", reviewId: "review" } as const;

/** What is gone; and a wait for a signal has no page but its run's. */
const ENDS = /\.(deleted|removed|revoked|abandoned)$|^wait\.resumed$/;

/** Of what an entry names: what it is about, unless that is gone, and what belongs to it. */
export function linksOf({ action, resource, before, after }: Pick<AuditEventView, "action" | "resource" | "before" | "after">): AuditLink[] {
  const own = resource?.id == null || ENDS.test(action) ? [] : [{ type: resource.type, id: resource.id }];
  const others = [after, before].flatMap((said) => Object.entries(NAMED).flatMap(([field, type]) => {
    const id = said !== null && typeof said === "object" ? (said as Record<string, unknown>)[field] : undefined;
    return typeof id === "string" ? [{ type, id }] : [];
  }));
  const links = [...own, ...others].flatMap(({ type, id }) => {
    const page = Object.hasOwn(PAGES, type) ? PAGES[type]!(encodeURIComponent(id)) : undefined;
    return page === undefined ? [] : [page];
  });
  return links.filter(({ path }, index) => links.findIndex((other) => other.path === path) === index);
}
