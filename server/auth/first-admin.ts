import { ensureBuiltInAdapters } from "@/server/catalog/service";
import { rawDb, sharedPool } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { runFirstExample } from "@/server/home/service";
import { prepareFirstWorkspace } from "@/server/workflows/service";
import { openSystemScope } from "./scope";
import { createSignInLink, NOBODY_YET } from "./sign-in-links";

const FIRST_START_LOCK = 72_707_377;

/**
 * On the first start: an organization, a workspace with the examples, and its owner. Until somebody has signed in, every
 * start gives a new one-time link; afterwards null.
 */
export async function ensureFirstAdmin(): Promise<{ signInUrl: string } | null> {
  const userId = await alone(firstOwner);
  return userId === null ? null : { signInUrl: await createSignInLink(userId, "first_admin") };
}

/** Once pages are served, which the example reads: so that the first person sees a run that happened. */
export async function showFirstRun(): Promise<void> {
  const { workspace } = await rawDb().membership.findFirstOrThrow({ where: { role: "owner" }, orderBy: { createdAt: "asc" }, select: { workspace: true } });
  await runFirstExample({ scope: await openSystemScope(workspace.id) });
}

/** The same without a link, for commands that need a place to work in. */
export async function ensureFirstWorkspace(): Promise<void> {
  await alone(firstOwner);
}

/** Several processes may start at the same time. */
async function alone<Result>(work: () => Promise<Result>): Promise<Result> {
  const client = await sharedPool().connect();
  try {
    await client.query("select pg_advisory_lock($1)", [FIRST_START_LOCK]);
    return await work();
  } finally {
    // The lock goes with its connection.
    client.release(true);
  }
}

async function firstOwner(): Promise<string | null> {
  const waiting = await rawDb().user.findFirst({ where: { email: NOBODY_YET }, select: { id: true } });
  if (waiting !== null) return waiting.id;
  // Once somebody has said who they are, no link makes another of them.
  return (await rawDb().user.count()) > 0 ? null : foundInstallation();
}

async function foundInstallation(): Promise<string> {
  const [organizationId, workspaceId, userId] = [newId(), newId(), newId()];
  await rawDb().$transaction([
    rawDb().organization.create({ data: { id: organizationId, name: "My organization", slug: "main" } }),
    rawDb().workspace.create({ data: { id: workspaceId, organizationId, name: "Main", slug: "main" } }),
    rawDb().user.create({ data: { id: userId, email: NOBODY_YET, name: null } }),
    rawDb().organizationMember.create({ data: { organizationId, userId, role: "owner" } }),
    rawDb().membership.create({ data: { id: newId(), workspaceId, organizationId, userId, role: "owner" } }),
    rawDb().platformAdmin.create({ data: { userId } }),
  ]);
  await ensureBuiltInAdapters();
  await prepareFirstWorkspace({ scope: await openSystemScope(workspaceId) });
  return userId;
}
