import { randomBytes } from "node:crypto";
import { TRPCError } from "@trpc/server";
import { createSession, findSession } from "@/server/auth/session";
import type { Scope } from "@/server/auth/scope";
import { rawDb } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { DomainError } from "@/server/errors/domain-error";
import { insertRun } from "@/server/queue/dispatch";
import * as organizing from "@/server/organizing/service";
import { addEnvironments } from "@/server/environments/service";
import { makePerson, makeScope } from "@/server/testing/factories";
import * as secrets from "@/server/secrets/service";
import * as variables from "@/server/variables/service";
import * as workflows from "@/server/workflows/service";
import { contextFor } from "../context";
import { appRouter, createCaller } from "../root";

export const origin = { ip: "test", userAgent: null, requestId: "test" };

/** Somebody who owns a workspace and its organization. */
export async function makeOwner(): Promise<Scope> {
  const scope = await makeScope("owner");
  await rawDb().organizationMember.updateMany({ where: { userId: scope.userId! }, data: { role: "owner" } });
  return scope;
}

/** One of everything, for inputs that name something. */
export async function makeOwned(owner: Scope) {
  const { id: workflowId } = await workflows.createWorkflow({ scope: owner }, { name: "Private", description: "" });
  const { id: versionId } = await workflows.publish({ scope: owner }, { workflowId, note: "" });
  const [jobId, runId, waitId, itemId, tokenId, triggerId, eventId, viewId, batchId, linkId] = [newId(), newId(), newId(), newId(), newId(), newId(), newId(), newId(), newId(), newId()];
  const run = { id: runId, workspaceId: owner.workspaceId, workflowId, versionId, mode: "production" as const, pool: "default", priority: 0, input: "{}", trigger: null, triggerKind: "manual", parent: null, rootRunId: runId, depth: 0, labels: {}, options: {} };
  await owner.db.transaction((tx) => insertRun(tx, run));
  await owner.db.wait.create({ data: { id: waitId, workspaceId: owner.workspaceId, runId, path: "ask", attempt: 1, nodeId: "ask", kind: "approval", detail: { title: "Secret", message: "", form: null, approvers: [], requiredAnswers: 1 } } });
  await owner.db.waitLink.create({ data: { id: linkId, workspaceId: owner.workspaceId, waitId, tokenHash: new Uint8Array(randomBytes(32)), recipient: "", madeByUserId: owner.userId } });
  await owner.db.catalogItem.create({ data: { id: itemId, workspaceId: owner.workspaceId, type: "adapter", kind: "llm", provider: "mock", slug: "own", name: "Own" } });
  await owner.db.apiToken.create({ data: { id: tokenId, workspaceId: owner.workspaceId, name: "ci", prefix: "mlr_", tokenHash: randomBytes(32), scopes: [] } });
  const [serviceAccountId, applicationId, issuerId] = [newId(), newId(), newId()];
  await owner.db.serviceAccount.create({ data: { id: serviceAccountId, workspaceId: owner.workspaceId, organizationId: owner.organizationId, name: "Own", role: "viewer" } });
  await owner.db.oauthClient.create({ data: { id: applicationId, workspaceId: owner.workspaceId, serviceAccountId, name: "Own", scopes: ["run:read"] } });
  await owner.db.trustedIssuer.create({ data: { id: issuerId, workspaceId: owner.workspaceId, name: "Own", issuer: "https://own.example.com", audience: "own", claim: "roles", roles: [{ value: "own", role: "viewer" }] } });
  await owner.db.trigger.create({ data: { id: triggerId, workspaceId: owner.workspaceId, workflowId, name: "Own", kind: "webhook", config: {} } });
  await owner.db.triggerEvent.create({ data: { id: eventId, workspaceId: owner.workspaceId, triggerId, dedupeKey: "1", runId: newId() } });
  await owner.db.runBatch.create({ data: { id: batchId, workspaceId: owner.workspaceId, workflowId, name: "Private", total: 0 } });
  await owner.db.bulkJob.create({ data: { id: jobId, workspaceId: owner.workspaceId, userId: owner.userId!, action: "cancel", filter: {}, state: "stopped", endedAt: new Date() } });
  const { id: folderId } = await organizing.createFolder({ scope: owner }, { name: "Hidden", parentId: null });
  const { id: tagId } = await organizing.createTag({ scope: owner }, { itemType: "workflow", name: "hidden", color: "red", itemIds: [] });
  await owner.db.savedView.create({ data: { id: viewId, workspaceId: owner.workspaceId, userId: owner.userId!, page: "runs", name: "Private", query: "status=failed" } });
  const [channelId, ruleId, deliveryId, notificationId] = [newId(), newId(), newId(), newId()];
  await owner.db.notificationChannel.create({ data: { id: channelId, workspaceId: owner.workspaceId, name: "Ops", kind: "email", config: { to: ["ops@example.com"] } } });
  await owner.db.notificationRule.create({ data: { id: ruleId, workspaceId: owner.workspaceId, name: "Own", conditions: [{ type: "runFailed" }], listens: ["run.failed"] } });
  await owner.db.notification.create({ data: { id: notificationId, workspaceId: owner.workspaceId, key: "own", category: "alerts", event: "test", severity: "info", title: "Own" } });
  await owner.db.notificationDelivery.create({ data: { id: deliveryId, workspaceId: owner.workspaceId, notificationId, channelId } });
  await variables.setVariable({ scope: owner }, { name: "HIDDEN", value: 1, folderId });
  await secrets.putSecret({ scope: owner }, { name: "HIDDEN", value: "x", folderId });
  const { id: variableId } = await owner.db.variable.findFirstOrThrow({ where: { name: "HIDDEN" } });
  const { id: secretId } = await owner.db.secret.findFirstOrThrow({ where: { name: "HIDDEN" } });
  const { id: storeId } = await secrets.saveStore({ scope: owner }, { name: "Hidden", config: { kind: "vault", url: "https://vault.example.com", mount: "secret", authMount: "approle" }, credential: "x", cacheSeconds: 60 });
  const { organizationId, workspaceId } = owner;
  const [, { id: environmentId } = { id: "" }] = await addEnvironments({ scope: owner }, { environments: ["dev", "staging", "live"].map((slug) => ({ name: slug, slug, color: "gray" as const })) });
  const reviewId = newId();
  await owner.db.reviewRequest.create({ data: { id: reviewId, workspaceId, workflowId, draftRevision: 1, definition: {}, requestedById: owner.userId! } });
  const { id: personId } = await makePerson(organizationId);
  const [groupId, roleId, grantId, invitationId] = [newId(), newId(), newId(), newId()];
  await rawDb().personGroup.create({ data: { id: groupId, organizationId, name: "Hidden" } });
  await rawDb().customRole.create({ data: { id: roleId, organizationId, name: "Hidden", permissions: ["run:read"] } });
  await rawDb().accessGrant.create({ data: { id: grantId, organizationId, workspaceId, groupId, role: "viewer", folderId } });
  await rawDb().invitation.create({ data: { id: invitationId, organizationId, workspaceId, email: "hidden@example.com", workspaceRole: "viewer", codeHash: randomBytes(32), expiresAt: new Date(Date.now() + 86_400_000) } });
  const { id: sideWorkspaceId } = await rawDb().workspace.create({ data: { id: newId(), organizationId, name: "Side", slug: `side-${newId()}` } });
  const [ssoId, domainId, scimTokenId] = [newId(), newId(), newId()];
  await rawDb().ssoConnection.create({ data: { id: ssoId, organizationId, kind: "oidc", name: "Hidden", mapping: {}, issuer: "https://idp.example.com", clientId: "x" } });
  await rawDb().ssoDomain.create({ data: { id: domainId, organizationId, domain: `${domainId.slice(-12)}.example.com`, token: "x", connectionId: ssoId } });
  await rawDb().scimToken.create({ data: { id: scimTokenId, organizationId, name: "Hidden", prefix: "mls_", tokenHash: randomBytes(32) } });
  const { id: orgInvitationId } = await rawDb().invitation.create({ data: { id: newId(), organizationId, email: "hidden@example.com", codeHash: randomBytes(32), expiresAt: new Date(Date.now() + 86_400_000) } });
  return { environmentId, reviewId, storeId, variableId, secretId, serviceAccountId, applicationId, issuerId, folderId, tagId, workflowId, versionId, runId, waitId, linkId, itemId, tokenId, triggerId, eventId, viewId, batchId, jobId, channelId, ruleId, deliveryId, personId, groupId, roleId, grantId, invitationId, orgInvitationId, sideWorkspaceId, ssoId, domainId, scimTokenId };
}

export type Owned = Awaited<ReturnType<typeof makeOwned>>;

/** An input for every procedure that needs one. A new procedure without one fails the test below. */
export function inputsOf(owned: Owned): Record<string, unknown> {
  const { environmentId, reviewId, folderId, tagId, workflowId, versionId, runId, waitId, linkId, itemId, tokenId, triggerId, eventId, viewId, batchId, jobId, channelId, ruleId, deliveryId, personId, groupId, roleId, grantId, invitationId, orgInvitationId, sideWorkspaceId, ssoId, domainId, scimTokenId, serviceAccountId, applicationId, issuerId, variableId, secretId, storeId } = owned;
  const definition = { schema: 1, nodes: [], edges: [] };
  const connection = { kind: "oidc", name: "Mine", issuer: "https://idp.example.com", clientId: "x", mapping: { rules: [{ group: "x", groupId }] } };
  return {
    "workflows.get": { workflowId }, "workflows.updateDraft": { workflowId, definition, revision: 1 }, "workflows.rename": { workflowId, name: "Mine" },
    "workflows.validate": { workflowId }, "workflows.publish": { workflowId }, "workflows.versions": { workflowId }, "workflows.version": { versionId },
    "workflows.duplicate": { workflowId }, "transfer.export": { workflowIds: [workflowId] }, "transfer.missing": { workflowId }, "workflows.changeMany": { workflowIds: [workflowId], action: "delete" },
    "organizing.renameFolder": { folderId, name: "Mine" }, "organizing.moveFolder": { folderId, parentId: null }, "organizing.deleteFolder": { folderId },
    "organizing.restoreFolder": { folderId, folderIds: [], items: [] }, "organizing.updateTag": { tagId, name: "mine", color: "red" }, "organizing.deleteTag": { tagId },
    "organizing.moveItems": { itemIds: [workflowId], folderId: null }, "organizing.tagItems": { itemIds: [workflowId] }, "organizing.setFavorite": { itemId: workflowId, favorite: true },
    "workflows.archive": { workflowId }, "workflows.restore": { workflowId }, "workflows.delete": { workflowId },
    "modules.get": { module: "of-others" }, "modules.ofDraft": { workflowId }, "modules.openDraft": { module: "of-others" }, "modules.updateUse": { module: "of-others", version: 1, workflowId, nodeId: "a" },
    "modules.version": { module: "of-others", version: 1 }, "modules.versions": { module: "of-others" }, "modules.uses": { module: "of-others" }, "modules.rename": { module: "of-others", name: "x", description: "" }, "modules.addVersion": { module: "of-others", definition, latest: 1 }, "modules.remove": { module: "of-others" },
    "shares.list": { workflowId }, "shares.create": { workflowId }, "shares.revoke": { shareId: itemId },
    "presence.list": { workflowId }, "presence.tell": { workflowId, page: "page-of-mine", nodeId: null },
    "runs.get": { runId }, "runs.steps": { runId }, "runs.value": { runId, what: "input" }, "runs.logs": { runId }, "runs.start": { workflowId },
    "batches.check": { workflowId, inputs: [] }, "batches.start": { workflowId, inputs: [{}] }, "batches.get": { batchId }, "bulkJobs.stop": { jobId }, "bulkJobs.goOn": { jobId }, "bulkJobs.dismiss": { jobId },
    "runs.cancel": { runId }, "runChoices.versions": { workflowId }, "runs.ownResult": { runId }, "runs.rerun": { runId }, "runs.signal": { runId, name: "go" },
    "runs.iterations": { runId, loop: "each" }, "runs.openSteps": { runId }, "runs.compare": { runId, otherId: runId }, "runs.causes": { runId }, "runs.compareNode": { runId, otherId: runId, nodeId: "start" }, "runs.cancelMany": { runIds: [runId] }, "runs.rerunMany": { runIds: [runId] }, "runs.keep": { runId, kept: true },
    "reviews.protection": { workflowId }, "reviews.get": { reviewId }, "reviews.request": { workflowId }, "reviews.comment": { reviewId, text: "x" }, "reviews.decide": { reviewId, decision: "approved" }, "reviews.withdraw": { reviewId },
    "environments.change": { environmentId, name: "Mine" }, "environments.remove": { environmentId }, "environments.order": { environmentIds: [environmentId] },
    "deployments.ofWorkflow": { workflowId }, "deployments.plan": { workflowId, environment: environmentId }, "deployments.promote": { workflowId, environment: environmentId, versionId },
    "deployments.rollBack": { workflowId, environment: environmentId, versionId }, "deployments.withdraw": { workflowId, environment: environmentId },
    "protection.set": { folderId, needsReview: true },
    "savedViews.update": { viewId, name: "Mine" }, "savedViews.remove": { viewId },
    "runs.slice": { runId, what: "input" }, "runs.counts": { runId, paths: [] },
    "testData.pin": { workflowId, nodeId: "start", from: { value: 1 } }, "testData.unpin": { workflowId, nodeId: "start" }, "testData.movePin": { workflowId, nodeId: "start", to: "begin" },
    "testData.samples": { workflowId }, "testData.saveSample": { workflowId, name: "One", input: {} }, "testData.deleteSample": { workflowId, sampleId: itemId }, "testData.testStep": { workflowId, nodeId: "start" },
    "waits.get": { waitId }, "waits.answer": { waitId }, "waits.createLink": { waitId }, "waits.links": { waitId }, "waits.revokeLink": { waitId, linkId },
    "catalog.update": { itemId, enabled: false }, "catalog.remove": { itemId },
    "triggers.get": { triggerId }, "triggers.create": { workflowId, kind: "webhook", name: "Mine" }, "triggers.update": { triggerId, name: "Mine" }, "triggers.delete": { triggerId },
    "triggers.setMode": { triggerId, mode: "disabled" }, "triggers.pause": { triggerId, until: "2099-01-01T00:00:00Z" }, "triggers.resume": { triggerId }, "triggers.takeAwayAgain": { triggerId }, "triggers.rotateToken": { triggerId }, "triggers.pollNow": { triggerId }, "triggers.events": { triggerId }, "triggers.event": { eventId }, "triggers.resend": { eventId },
    "triggers.capture": { triggerId }, "triggers.stepSource": { workflowId, nodeId: "start" }, "triggers.listenToStep": { workflowId, nodeId: "start" }, "triggers.release": { triggerId }, "triggers.discard": { triggerId },
    "alerts.updateRule": { ruleId, name: "Mine", conditions: [{ type: "runFailed" }] }, "alerts.removeRule": { ruleId }, "alerts.updateChannel": { channelId, name: "Mine" }, "alerts.removeChannel": { channelId },
    "alerts.testChannel": { channelId }, "alerts.retryDelivery": { deliveryId }, "alerts.setHandlers": { errorWorkflow: workflowId, successWorkflow: null }, "alerts.createRule": { name: "x", scopeType: "workflow", scopeId: workflowId, conditions: [{ type: "runFailed" }] },
    "access.setRoles": { userId: personId, roles: ["viewer"] }, "access.setGroupRoles": { groupId, roles: ["viewer"] }, "access.grants": { place: { folderId } }, "access.grant": { place: { workflowId }, who: { groupId }, role: roleId },
    "access.revoke": { grantId }, "access.reaching": { place: { workflowId }, permission: "run:read" }, "access.rights": { workflowIds: [workflowId], folderIds: [folderId] }, "access.explain": { userId: personId, permission: "run:read", place: { workflowId } }, "access.explainProgram": { program: { tokenId }, permission: "run:read", place: { workflowId } }, "invitations.resend": { invitationId, byMail: false }, "invitations.revoke": { invitationId },
    "invitations.resendOfOrganization": { invitationId: orgInvitationId, byMail: false }, "invitations.revokeOfOrganization": { invitationId: orgInvitationId },
    "organizations.setRole": { userId: personId, role: "member" }, "organizations.removePerson": { userId: personId }, "organizations.groupMembers": { groupId }, "organizations.updateGroup": { groupId, name: "Mine" }, "organizations.removeGroup": { groupId },
    "organizations.setGroupMembers": { groupId, add: [personId] }, "organizations.updateRole": { roleId, name: "Mine", permissions: ["run:read"] }, "organizations.removeRole": { roleId },
    "organizations.renameWorkspace": { workspaceId: sideWorkspaceId, name: "Mine" }, "organizations.changeWorkspace": { workspaceId: sideWorkspaceId, action: "archive" },
    "sso.create": connection, "sso.update": { connectionId: ssoId, connection }, "sso.enable": { connectionId: ssoId, enabled: false }, "sso.remove": { connectionId: ssoId }, "sso.trial": { testId: newId() },
    "sso.verifyDomain": { domainId }, "sso.routeDomain": { domainId, connectionId: ssoId }, "sso.removeDomain": { domainId }, "scim.removeToken": { tokenId: scimTokenId },
    "usage.quotas": { workspaceId: sideWorkspaceId }, "usage.setQuota": { workspaceId: sideWorkspaceId, metric: "runs", amount: 5 },
    "limits.why": { runId }, "limits.steps": { runId }, "tokens.revoke": { tokenId }, "tokens.rotate": { tokenId },
    "programs.updateServiceAccount": { serviceAccountId, name: "Mine" }, "programs.removeServiceAccount": { serviceAccountId },
    "programs.createApplication": { serviceAccountId, name: "x", scopes: ["run:read"] }, "programs.rotateSecret": { applicationId }, "programs.removeApplication": { applicationId },
    "programs.setIssuer": { issuerId, enabled: false }, "programs.removeIssuer": { issuerId }, "secrets.delete": { name: "KEY" }, "variables.delete": { name: "KEY" },
    "secrets.uses": { secretId }, "secretStores.test": { storeId }, "secretStores.remove": { storeId }, "secretStores.save": { storeId, name: "x", config: { kind: "vault", url: "https://vault.example.com" } }, "secrets.ofWorkflow": { workflowId }, "variables.uses": { variableId }, "variables.ofWorkflow": { workflowId },
  };
}

/** Procedures that name nothing of anybody's: a stranger gets an empty list, or makes something in their own workspace. */
export const NAMELESS: Record<string, unknown> = {
  "organizations.changeThisWorkspace": { action: "unarchive" }, "organizations.get": undefined, "organizations.rename": { name: "Renamed" }, "organizations.people": {}, "organizations.groups": {}, "organizations.createGroup": { name: "x" },
  "organizations.roles": undefined, "organizations.createRole": { name: "x", permissions: ["run:read"] }, "organizations.workspaces": undefined, "organizations.createWorkspace": { name: "x" },
  "access.members": {}, "access.groups": undefined, "access.candidates": {}, "invitations.list": {}, "invitations.ofOrganization": {},
  "invitations.create": { emails: ["x@example.com"], role: "viewer", byMail: false }, "invitations.createForOrganization": { emails: ["x@example.com"], byMail: false },
  "sso.get": undefined, "sso.readMetadata": { xml: "<x/>" }, "sso.addDomain": { domain: "mine.example.com" }, "scim.tokens": undefined, "scim.createToken": { name: "x" },
  "environments.list": undefined, "environments.add": { environments: [{ name: "x", slug: "x" }] },
  "home.health": {}, "home.backlog": undefined, "home.schedules": undefined, "home.guide": undefined, "home.showGuide": { shown: true }, "home.beginWithExample": undefined,
  "workflows.list": {}, "workflows.names": { refs: ["x"] }, "workflows.calledOutput": { workflow: "x" }, "workflows.create": { name: "x" }, "workflows.createFromExample": { example: "none-of-this-name" }, "examples.list": undefined,
  "organizing.tree": undefined, "transfer.preview": { text: "nodes: []" }, "transfer.import": { text: "nodes: []" }, "organizing.createFolder": { name: "x" }, "organizing.createTag": { name: "x" },
  "triggers.list": {}, "triggers.settings": undefined, "triggers.unknownCalls": undefined, "triggers.leftovers": undefined, "triggers.setSettings": { sealEvents: false },
  "batches.find": { name: "x" }, "batches.list": {}, "bulkJobs.list": undefined, "bulkJobs.count": { action: "cancel", filter: {} }, "bulkJobs.cancel": { filter: {} }, "bulkJobs.rerun": { filter: {} },
  "alerts.rules": undefined, "alerts.channels": undefined, "alerts.deliveries": {}, "alerts.settings": undefined, "alerts.inbox": {}, "alerts.unread": undefined, "alerts.preferences": undefined,
  "alerts.createChannel": { name: "x", config: { kind: "email", to: ["a@example.com"] } }, "alerts.setMail": { mail: null }, "alerts.testMail": { to: "a@example.com" }, "alerts.markRead": {}, "alerts.setPreference": { category: "alerts", email: true },
  "alerts.setRoles": Object.fromEntries(["owner", "admin", "builder", "operator", "viewer"].map((role) => [role, { alerts: { inApp: true, email: false }, approvals: { inApp: true, email: true } }])),
  "retention.get": undefined, "retention.set": { days: {} }, "retention.sizes": undefined, "retention.removals": undefined,
  "workspaceSettings.set": { timeZone: "UTC" }, "usage.get": undefined,
  "limits.get": undefined, "limits.set": { maxConcurrentRuns: 5 },
  "runs.list": {}, "limits.briefs": { runIds: [] }, "runs.startable": {}, "reviews.list": {}, "protection.list": undefined, "runs.own": {}, "runs.chart": {}, "runs.filterOptions": undefined, "runChoices.starters": {}, "savedViews.list": { page: "runs" }, "savedViews.create": { page: "runs", name: "x", query: "" }, "waits.list": {}, "waits.mine": {}, "waits.others": {}, "waits.answered": {}, "waits.counts": undefined, "catalog.list": {}, "catalog.providers": undefined, "catalog.create": { slug: "x", provider: "mock", name: "x", config: {} },
  "modules.list": undefined, "modules.create": { slug: "x", name: "x", definition: { schema: 1, nodes: [{ id: "a", kind: "log", config: { message: "x", level: "info" } }], edges: [] } },
  "secrets.list": undefined, "secretStores.list": undefined, "secrets.put": { name: "X", value: "1" }, "variables.list": undefined, "variables.set": { name: "X", value: 1 },
  "keyRotation.view": undefined, "keyRotation.rotate": undefined, "signInPolicy.get": undefined, "signInPolicy.set": { secondFactorRequired: false },
  "tokens.list": {}, "programs.serviceAccounts": undefined, "programs.applications": undefined, "programs.issuers": undefined,
  "programs.createServiceAccount": { name: "x", role: { kind: "role", role: "viewer" } }, "programs.createIssuer": { name: "x", issuer: "https://id.example.com", audience: "millrace", roles: [{ value: "ops", role: "viewer" }] },
  "tokens.create": { name: "x", scopes: ["run:read"] }, "workers.list": undefined, "audit.list": {}, "audit.ofOrganization": {}, "audit.verify": undefined,
  "auditStreams.get": undefined, "auditStreams.save": { config: { kind: "webhook", url: "https://siem.example.com" } }, "auditStreams.enable": { enabled: false }, "auditStreams.test": {}, "auditStreams.remove": {}, "auditStreams.setRetention": { keepDays: 90 },
  "testData.preview": { expressions: [{ source: "1", paths: [] }], scope: "{}", nowMs: 0 },
};

/** Without a workspace: for the signed-in person alone, for the installation, or for whoever holds a token. */
export const UNSCOPED = [
  "me.get", "me.signInLink", "sso.find", "waits.link", "waits.answerLink", "invitations.view", "invitations.accept", "invitations.register",
  "signIn.ways", "signIn.requestLink", "signIn.requestReset", "signIn.viewReset", "signIn.resetPassword", "signIn.confirmEmail", "signIn.passkeyOptions", "signIn.proofs",
];

/** For the signed-in person about themselves: whose it is comes from the session alone, except for these ids. */
export const ACCOUNT: Record<string, unknown> = {
  "announcements.dismiss": { announcementId: newId() },
  "account.security": undefined, "account.sessions": undefined, "account.endSession": { sessionId: newId() }, "account.endOtherSessions": undefined,
  "account.rename": { name: "x" }, "account.changePassword": { current: "x", next: "a rather long password" }, "account.changeEmail": { email: "x@example.com" }, "account.cancelEmailChange": undefined,
  "account.beginTotp": undefined, "account.confirmTotp": { code: "123456" }, "account.removeTotp": undefined, "account.replaceRecoveryCodes": undefined,
  "account.beginPasskey": undefined, "account.finishPasskey": { name: "x", response: {} }, "account.renamePasskey": { passkeyId: newId(), name: "x" }, "account.removePasskey": { passkeyId: newId() },
  "account.beginLink": undefined, "account.unlink": { accountId: newId() }, "account.export": undefined, "account.delete": { email: "x@example.com" },
  "organizations.own": undefined, "organizations.change": { organizationId: newId(), action: "archive" },
};

/** For those who look after the installation. */
export const PLATFORM: Record<string, unknown> = {
  "organizations.create": { name: "x" },
  "admin.overview": undefined, "admin.organizations": {}, "admin.usage": { month: "2026-11" }, "admin.quotas": { organizationId: newId() }, "admin.setQuota": { organizationId: newId(), metric: "runs", amount: 1 },
  "admin.workers": undefined, "admin.drainWorker": { workerId: newId() }, "admin.keepWorker": { workerId: newId() }, "admin.events": undefined, "admin.database": undefined,
  "admin.administrators": undefined, "admin.rules": undefined, "admin.setRules": { secondFactorRequired: false }, "admin.grant": { email: "x@example.com" }, "admin.revoke": { userId: newId() }, "admin.users": {}, "admin.setDisabled": { userId: newId(), disabled: true }, "admin.endSessions": { userId: newId() }, "admin.audit": {},
  "announcements.list": undefined, "announcements.save": { text: "x" }, "announcements.remove": { announcementId: newId() },
  "platformAudit.get": undefined, "platformAudit.save": { config: { kind: "webhook", url: "https://siem.example.com" } }, "platformAudit.enable": { enabled: false }, "platformAudit.test": {}, "platformAudit.remove": {}, "platformAudit.setRetention": { keepDays: 90 },
};

export const procedures = Object.keys(appRouter._def.procedures);
export const scopedProcedures = procedures.filter((name) => !UNSCOPED.includes(name) && !(name in ACCOUNT) && !(name in PLATFORM));

type Caller = (name: string, input: unknown) => Promise<string>;

/** Answers the code of a call: `OK`, or that of its error. `minutes`: since the person has last shown who they are. */
export async function callerOf(userId: string | null, slug: string, minutes = 0): Promise<Caller> {
  const found = userId === null ? null : await findSession(await createSession(userId));
  const session = found && { ...found, authenticatedAt: new Date(found.authenticatedAt.getTime() - minutes * 60_000) };
  const caller = createCaller(contextFor(() => Promise.resolve(session), slug, origin)) as unknown as Record<string, Record<string, (input: unknown) => Promise<unknown>>>;
  return async (name, input) => {
    const [group, verb] = name.split(".") as [string, string];
    try {
      await caller[group]![verb]!(input);
      return "OK";
    } catch (error) {
      if (error instanceof TRPCError) return DomainError.is(error.cause, "proof_needed") ? "PROOF_NEEDED" : error.code;
      throw error;
    }
  };
}

export async function answerOf(userId: string | null, slug: string, name: string, input: unknown): Promise<unknown> {
  const session = userId === null ? null : await findSession(await createSession(userId));
  const caller = createCaller(contextFor(() => Promise.resolve(session), slug, origin)) as unknown as Record<string, Record<string, (input: unknown) => Promise<unknown>>>;
  const [group, verb] = name.split(".") as [string, string];
  return caller[group]![verb]!(input);
}
