import { z } from "zod";
import { organizationProcedure, procedure, router } from "@/server/trpc/init";
import * as contract from "./contract";
import * as service from "./service";

export const usageRouter = router({
  get: procedure("settings:read").output(contract.usageViewSchema).query(({ ctx }) => service.viewUsage(ctx)),
  quotas: organizationProcedure("workspace:manage").input(contract.workspaceQuotasInput).output(z.array(contract.quotaSchema)).query(({ ctx, input }) => service.listWorkspaceQuotas(ctx, input)),
  setQuota: organizationProcedure("workspace:manage").input(contract.setWorkspaceQuotaInput).output(z.object({ ok: z.literal(true) })).mutation(({ ctx, input }) => service.setWorkspaceQuota(ctx, input)),
});
