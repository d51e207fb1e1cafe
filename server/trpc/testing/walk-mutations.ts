import { randomBytes } from "node:crypto";
import { hashToken } from "@/server/auth/one-time-token";
import { Secret, TOTP } from "otpauth";
import type { Scope } from "@/server/auth/scope";
import { createLinkToken } from "@/server/auth/sign-in-links";
import { rawDb } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { makeMember } from "@/server/testing/factories";
import { type Owned, PLATFORM } from "./walk";

export interface World {
  owner: Scope;
  owned: Owned;
  /** As the owner, with another request. */
  call: (name: string, input: unknown) => Promise<unknown>;
}
type Prepare = (world: World) => Promise<unknown> | unknown;

const TOMORROW = () => new Date(Date.now() + 86_400_000);
const bytes = () => new Uint8Array(randomBytes(32));
const idOf = async (made: Promise<unknown>) => ((await made) as { id: string }).id;

async function change(world: World, node: object = { id: "say", kind: "log", config: { message: "x", level: "info" } }): Promise<string> {
  const { workflowId } = world.owned;
  const { revision } = (await world.call("workflows.get", { workflowId })) as { revision: number };
  await world.call("workflows.updateDraft", { workflowId, revision, definition: { schema: 1, nodes: [node], edges: [] } });
  return workflowId;
}

async function makeModule(world: World): Promise<string> {
  await world.call("modules.create", { slug: "walked", name: "Walked", definition: { schema: 1, nodes: [{ id: "say", kind: "log", config: { message: "x", level: "info" } }], edges: [] } });
  return "walked";
}

/** The environments began with what is published. */
async function withdrawn({ call, owned: { workflowId, versionId, environmentId: environment } }: World) {
  await call("deployments.withdraw", { workflowId, environment, expectedVersionId: versionId });
  return { workflowId, versionId, environment };
}

async function pinned({ call, owned: { workflowId } }: World) {
  await call("testData.pin", { workflowId, nodeId: "start", from: { value: 1 } });
  return { workflowId, nodeId: "start" };
}

async function invited({ owner: { organizationId } }: World, email: string): Promise<string> {
  const code = randomBytes(32).toString("base64url");
  await rawDb().invitation.create({ data: { id: newId(), organizationId, email, codeHash: new Uint8Array(hashToken(code)), expiresAt: TOMORROW() } });
  return code;
}

async function held({ owner, owned: { triggerId } }: World) {
  await owner.db.triggerEvent.create({ data: { id: newId(), workspaceId: owner.workspaceId, triggerId, dedupeKey: "held", runId: newId(), status: "held" } });
  return { triggerId };
}

const withTotp = ({ owner }: World) => rawDb().totpFactor.create({ data: { userId: owner.userId!, sealed: bytes(), masterKeyId: "x", confirmedAt: new Date() } });
const passkeyOf = ({ owner }: World) => idOf(rawDb().passkey.create({ data: { id: newId(), userId: owner.userId!, credentialId: newId(), publicKey: bytes(), rpId: "localhost", name: "Old" } }));
const announcement = () => idOf(rawDb().announcement.create({ data: { id: newId(), text: "x", level: "info" } }));
const streaming = async ({ call }: World) => void (await call("auditStreams.save", { config: { kind: "webhook", url: "https://siem.example.com" } }));
const emailOf = async ({ owner }: World) => (await rawDb().user.findUniqueOrThrow({ where: { id: owner.userId! } })).email;

async function changingEmail({ owner }: World, oldToken: string): Promise<void> {
  await rawDb().emailChange.create({ data: { userId: owner.userId!, newEmail: `${newId()}@example.com`, oldTokenHash: new Uint8Array(hashToken(oldToken)), newTokenHash: bytes(), expiresAt: TOMORROW() } });
}

/** Where the input of the walk changes nothing: one that does, after what has to be there first. */
const saved = (input: unknown): Prepare => async ({ call }) => {
  await call("platformAudit.save", PLATFORM["platformAudit.save"]);
  return input;
};

export const PREPARED: Record<string, Prepare> = {
  "account.cancelEmailChange": async (world) => void (await changingEmail(world, newId())),
  "account.confirmTotp": async ({ call }) => {
    const { secret } = (await call("account.beginTotp", undefined)) as { secret: string };
    return { code: new TOTP({ issuer: "Millrace", secret: Secret.fromBase32(secret) }).generate() };
  },
  "account.delete": async (world) => {
    const { id } = await makeMember(world.owner.workspaceId, "owner");
    await rawDb().organizationMember.updateMany({ where: { userId: id }, data: { role: "owner" } });
    return { email: await emailOf(world) };
  },
  "account.endSession": async ({ owner }) => ({ sessionId: await idOf(rawDb().session.create({ data: { id: newId(), userId: owner.userId!, tokenHash: bytes(), expiresAt: TOMORROW(), method: "password" } })) }),
  "account.removePasskey": async (world) => ({ passkeyId: await passkeyOf(world) }),
  "account.renamePasskey": async (world) => ({ passkeyId: await passkeyOf(world), name: "New" }),
  "account.removeTotp": async (world) => void (await withTotp(world)),
  "account.replaceRecoveryCodes": async (world) => void (await withTotp(world)),
  "account.unlink": async (world) => (await passkeyOf(world), { accountId: await idOf(rawDb().linkedAccount.create({ data: { id: newId(), userId: world.owner.userId!, provider: "github", subject: newId(), label: "x" } })) }),
  "admin.drainWorker": async () => ({ workerId: await idOf(rawDb().worker.create({ data: { id: newId(), name: "x", hostname: "x", pid: 1, version: "1", pools: [], slots: 1 } })) }),
  "admin.keepWorker": async () => ({ workerId: await idOf(rawDb().worker.create({ data: { id: newId(), name: "x", hostname: "x", pid: 1, version: "1", pools: [], slots: 1, drainRequestedAt: new Date() } })) }),
  "admin.grant": async ({ owned }) => ({ email: (await rawDb().user.findUniqueOrThrow({ where: { id: owned.personId } })).email }),
  "bulkJobs.stop": async ({ owned: { jobId } }) => {
    await rawDb().bulkJob.update({ where: { id: jobId }, data: { state: "running", endedAt: null } });
    return { jobId };
  },
  "triggers.listenToStep": async (world) => ({ workflowId: await change(world, { id: "hook", kind: "trigger.webhook", config: {} }), nodeId: "hook" }),
  "admin.revoke": async ({ owned }) => {
    await rawDb().platformAdmin.create({ data: { userId: owned.personId } });
    return { userId: owned.personId };
  },
  "admin.endSessions": ({ owned }) => ({ userId: owned.personId }),
  "admin.setDisabled": ({ owned }) => ({ userId: owned.personId, disabled: true }),
  "admin.setQuota": ({ owner }) => ({ organizationId: owner.organizationId, metric: "runs", amount: 1 }),
  "announcements.remove": async () => ({ announcementId: await announcement() }),
  "announcements.dismiss": async () => ({ announcementId: await announcement() }),
  "auditStreams.enable": async (world) => (await streaming(world), { enabled: false }),
  "auditStreams.remove": async (world) => (await streaming(world), {}),
  "deployments.promote": async (world) => ({ ...(await withdrawn(world)), expectedVersionId: null }),
  "deployments.rollBack": async (world) => ({ ...(await withdrawn(world)), expectedVersionId: null }),
  "deployments.withdraw": ({ owned: { workflowId, versionId, environmentId } }) => ({ workflowId, environment: environmentId, expectedVersionId: versionId }),
  "environments.order": async ({ owner }) => {
    const [first, second, live] = (await owner.db.environment.findMany({ orderBy: { position: "asc" } })).map(({ id }) => id);
    return { environmentIds: [second, first, live] };
  },
  "environments.remove": async (world) => (await withdrawn(world), { environmentId: world.owned.environmentId }),
  "invitations.accept": async (world) => ({ code: await invited(world, await emailOf(world)) }),
  "invitations.register": async (world) => ({ code: await invited(world, `${newId()}@example.com`), name: "New", password: "a rather long password" }),
  "modules.addVersion": async (world) => ({ module: await makeModule(world), latest: 1, definition: { schema: 1, nodes: [{ id: "say", kind: "log", config: { message: "y", level: "info" } }], edges: [] } }),
  "modules.openDraft": async (world) => ({ module: await makeModule(world) }),
  "modules.remove": async (world) => ({ module: await makeModule(world) }),
  "modules.rename": async (world) => ({ module: await makeModule(world), name: "Other", description: "" }),
  "organizations.change": ({ owner }) => ({ organizationId: owner.organizationId, action: "archive" }),
  "organizations.setRole": ({ owned }) => ({ userId: owned.personId, role: "admin" }),
  "organizing.moveItems": ({ owned }) => ({ itemType: "workflow", itemIds: [owned.workflowId], folderId: owned.folderId }),
  "organizing.restoreFolder": async ({ call, owned: { folderId } }) => ({ folderIds: [], items: [], ...((await call("organizing.deleteFolder", { folderId })) as object), folderId }),
  "platformAudit.enable": saved(PLATFORM["platformAudit.enable"]),
  "platformAudit.remove": saved(PLATFORM["platformAudit.remove"]),
  "reviews.decide": async ({ owner, owned: { reviewId } }) => {
    const { id } = await makeMember(owner.workspaceId, "builder");
    await owner.db.reviewRequest.update({ where: { id: reviewId }, data: { requestedById: id } });
    return { reviewId, decision: "approved" };
  },
  "secrets.delete": ({ owned }) => ({ name: "HIDDEN", folderId: owned.folderId }),
  "variables.delete": ({ owned }) => ({ name: "HIDDEN", folderId: owned.folderId }),
  "shares.revoke": async ({ call, owned: { workflowId } }) => ({ shareId: ((await call("shares.create", { workflowId })) as { share: { id: string } }).share.id }),
  "signIn.confirmEmail": async (world) => {
    const token = randomBytes(32).toString("base64url");
    await changingEmail(world, token);
    return { token };
  },
  "signIn.resetPassword": async ({ owner }) => ({ token: await createLinkToken(owner.userId!, "reset"), password: "a rather long password" }),
  "testData.deleteSample": async ({ call, owned: { workflowId } }) => {
    await call("testData.saveSample", { workflowId, name: "One", input: {} });
    const { id } = await rawDb().sampleInput.findFirstOrThrow({ where: { workflowId } });
    return { workflowId, sampleId: id };
  },
  "testData.movePin": async (world) => ({ ...(await pinned(world)), to: "begin" }),
  "testData.unpin": pinned,
  "tokens.rotate": async ({ call }) => ({ tokenId: await idOf(call("tokens.create", { name: "walked", scopes: ["run:read"] })) }),
  "triggers.discard": held,
  "triggers.release": held,
  "triggers.pollNow": async ({ owner, owned: { workflowId } }) => ({ triggerId: await idOf(owner.db.trigger.create({ data: { id: newId(), workspaceId: owner.workspaceId, workflowId, name: "Poll", kind: "poll", config: {} } })) }),
  "triggers.takeAwayAgain": async ({ owner, owned: { triggerId } }) => {
    await owner.db.triggerLeftover.create({ data: { id: newId(), workspaceId: owner.workspaceId, triggerId, config: {}, problem: "away" } });
    return { triggerId };
  },
  "triggers.resume": async ({ call, owned: { triggerId } }) => (await call("triggers.pause", { triggerId, until: "2099-01-01T00:00:00Z" }), { triggerId }),
  "triggers.rotateToken": async ({ call, owned: { workflowId } }) => ({ triggerId: await idOf(call("triggers.create", { workflowId, kind: "webhook", name: "Walked" })) }),
  "waits.answerLink": async ({ call, owned: { waitId } }) => ({ token: ((await call("waits.createLink", { waitId })) as { url: string }).url.split("/").at(-1), decision: "approved", name: "Ann" }),
  "workflows.createFromExample": async ({ call }) => ({ example: ((await call("examples.list", undefined)) as { id: string }[])[0]!.id }),
  "workflows.publish": async (world) => ({ workflowId: await change(world) }),
};

/** Nothing of the organization's or the account's changes; why. */
export const SILENT: Record<string, string> = {
  "account.beginLink": "asks for a proof; the link itself is account.linked",
  "account.beginPasskey": "a question to the browser; the answer is passkey.added",
  "account.beginTotp": "a secret that counts for nothing until its first code (totp.added)",
  "signIn.passkeyOptions": "a question to the browser; the answer is a sign-in",
  "signIn.requestLink": "the same work for addresses with an account and without; use is sign_in_link.used",
  "signIn.requestReset": "the same work for addresses with an account and without; use is password.reset",
  "sso.find": "reads where an address signs in",
  "sso.readMetadata": "reads the document it is given",
  "alerts.markRead": "of one's own inbox",
  "alerts.setPreference": "of one's own inbox",
  "announcements.dismiss": "of one's own pages",
  "batches.check": "reads",
  "bulkJobs.dismiss": "takes what ended out of a list; what it did is bulk_job.stopped, or each run's own",
  "home.showGuide": "of one's own pages",
  "organizing.setFavorite": "of one's own menu",
  "presence.tell": "who looks at a page just now; never stored",
  "secretStores.test": "signs in to the store and reads nothing",
  "testData.preview": "evaluates what it is given",
  "transfer.preview": "reads the document it is given",
};

/** Needs a device or a server of somebody else: where the entry is written. */
export const OUTSIDE: Record<string, [file: string, action: string]> = {
  // For all that goes on at the same time.
  "admin.setRules": ["server/admin/rules.ts", "platform_admin.rule_changed"],
  "account.finishPasskey": ["server/auth/factors/passkeys.ts", "passkey.added"],
  "auditStreams.test": ["server/audit-streams/keeping.ts", "audit.stream_tested"],
  "platformAudit.test": ["server/audit-streams/keeping.ts", "audit.stream_tested"],
  "modules.updateUse": ["server/workflows/drafts.ts", "workflow.draft_saved"],
  "sso.create": ["server/sso/connections.ts", "sso_connection.created"],
  "sso.verifyDomain": ["server/sso/domains.ts", "domain.verified"],
};
