import { z } from "zod";
import * as auditLog from "@/server/audit-log/service";
import { auditPageSchema, listAuditInput } from "@/server/audit-log/contract";
import { platformProcedure, router, watchedPlatformProcedure } from "@/server/trpc/init";
import * as contract from "./contract";
import * as service from "./service";

export const adminRouter = router({
  overview: platformProcedure.output(contract.overviewSchema).query(() => service.viewOverview()),
  organizations: watchedPlatformProcedure.input(contract.organizationsInput).output(contract.organizationsSchema).query(({ input }) => service.listOrganizations(input)),
  usage: watchedPlatformProcedure.input(contract.usageInput).output(contract.usageListSchema).query(({ input }) => service.listUsage(input)),
  quotas: watchedPlatformProcedure.input(contract.organizationRef).output(contract.quotasSchema).query(({ input }) => service.listQuotas(input)),
  setQuota: platformProcedure.input(contract.setOrganizationQuotaInput).output(contract.okSchema).mutation(({ ctx, input }) => service.setQuota(ctx, input)),

  workers: platformProcedure.output(contract.workersSchema).query(() => service.viewWorkers()),
  drainWorker: platformProcedure.input(contract.workerRef).output(contract.okSchema).mutation(({ ctx, input }) => service.drainWorker(ctx, input)),
  keepWorker: platformProcedure.input(contract.workerRef).output(contract.okSchema).mutation(({ ctx, input }) => service.keepWorker(ctx, input)),
  events: platformProcedure.output(contract.eventsSchema).query(() => service.viewEvents()),
  database: platformProcedure.output(contract.databaseSchema).query(() => service.viewDatabase()),

  administrators: watchedPlatformProcedure.output(z.array(contract.administratorSchema)).query(() => service.listAdministrators()),
  rules: platformProcedure.output(contract.administratorRulesSchema).query(({ ctx }) => service.viewRules(ctx)),
  setRules: platformProcedure.input(contract.setRulesInput).output(contract.okSchema).mutation(({ ctx, input }) => service.setRules(ctx, input)),
  grant: platformProcedure.input(contract.grantInput).output(contract.okSchema).mutation(({ ctx, input }) => service.grantAdministrator(ctx, input)),
  revoke: platformProcedure.input(contract.personRef).output(contract.okSchema).mutation(({ ctx, input }) => service.revokeAdministrator(ctx, input)),
  users: watchedPlatformProcedure.input(contract.usersInput).output(contract.usersSchema).query(({ input }) => service.findUsers(input)),
  setDisabled: platformProcedure.input(contract.setDisabledInput).output(contract.okSchema).mutation(({ ctx, input }) => service.setUserDisabled(ctx, input)),
  endSessions: platformProcedure.input(contract.personRef).output(contract.endedSchema).mutation(({ ctx, input }) => service.endSessions(ctx, input)),

  audit: watchedPlatformProcedure.input(listAuditInput).output(auditPageSchema).query(({ input }) => auditLog.listPlatformAuditEvents(input)),
});
