import { accessRouter } from "@/server/access/router";
import { adminRouter } from "@/server/admin/router";
import { accountRouter, signInPolicyRouter, signInRouter } from "@/server/account/router";
import { alertsRouter } from "@/server/alerts/router";
import { announcementsRouter } from "@/server/announcements/router";
import { auditRouter } from "@/server/audit-log/router";
import { auditStreamsRouter, platformAuditRouter } from "@/server/audit-streams/router";
import { meRouter } from "@/server/auth/router";
import { batchesRouter } from "@/server/batches/router";
import { bulkJobsRouter } from "@/server/bulk-jobs/router";
import { catalogRouter } from "@/server/catalog/router";
import { homeRouter } from "@/server/home/router";
import { organizingRouter } from "@/server/organizing/router";
import { keyRotationRouter } from "@/server/key-rotation/router";
import { limitsRouter } from "@/server/limits/router";
import { invitationsRouter } from "@/server/invitations/router";
import { modulesRouter } from "@/server/modules/router";
import { organizationsRouter } from "@/server/organizations/router";
import { presenceRouter } from "@/server/presence/router";
import { programsRouter } from "@/server/programs/router";
import { retentionRouter } from "@/server/retention/router";
import { runChoicesRouter } from "@/server/run-choices/router";
import { runsRouter } from "@/server/runs/router";
import { savedViewsRouter } from "@/server/saved-views/router";
import { scimRouter } from "@/server/scim/router";
import { secretStoresRouter } from "@/server/secret-stores/router";
import { secretsRouter } from "@/server/secrets/router";
import { ssoRouter } from "@/server/sso/router";
import { testDataRouter } from "@/server/test-data/router";
import { sharesRouter } from "@/server/shares/router";
import { tokensRouter } from "@/server/tokens/router";
import { triggersRouter } from "@/server/triggers/router";
import { transferRouter } from "@/server/transfer/router";
import { usageRouter } from "@/server/usage/router";
import { variablesRouter } from "@/server/variables/router";
import { deploymentsRouter } from "@/server/deployments/router";
import { environmentsRouter } from "@/server/environments/router";
import { protectionRouter } from "@/server/protection/router";
import { reviewsRouter } from "@/server/reviews/router";
import { waitsRouter } from "@/server/waits/router";
import { workersRouter } from "@/server/workers/router";
import { workspaceSettingsRouter } from "@/server/workspace-settings/router";
import { examplesRouter, workflowsRouter } from "@/server/workflows/router";
import { createCallerFactory, router } from "./init";

export const appRouter = router({
  admin: adminRouter,
  announcements: announcementsRouter,
  me: meRouter,
  signIn: signInRouter,
  account: accountRouter,
  organizations: organizationsRouter,
  access: accessRouter,
  invitations: invitationsRouter,
  signInPolicy: signInPolicyRouter,
  home: homeRouter,
  workflows: workflowsRouter,
  examples: examplesRouter,
  organizing: organizingRouter,
  transfer: transferRouter,
  presence: presenceRouter,
  environments: environmentsRouter,
  deployments: deploymentsRouter,
  protection: protectionRouter,
  reviews: reviewsRouter,
  modules: modulesRouter,
  runs: runsRouter,
  runChoices: runChoicesRouter,
  batches: batchesRouter,
  bulkJobs: bulkJobsRouter,
  testData: testDataRouter,
  triggers: triggersRouter,
  savedViews: savedViewsRouter,
  waits: waitsRouter,
  catalog: catalogRouter,
  secrets: secretsRouter,
  secretStores: secretStoresRouter,
  variables: variablesRouter,
  keyRotation: keyRotationRouter,
  shares: sharesRouter,
  tokens: tokensRouter,
  programs: programsRouter,
  workers: workersRouter,
  workspaceSettings: workspaceSettingsRouter,
  limits: limitsRouter,
  alerts: alertsRouter,
  retention: retentionRouter,
  usage: usageRouter,
  audit: auditRouter,
  auditStreams: auditStreamsRouter,
  platformAudit: platformAuditRouter,
  sso: ssoRouter,
  scim: scimRouter,
});

export type AppRouter = typeof appRouter;

export const createCaller = createCallerFactory(appRouter);
