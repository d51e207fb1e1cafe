import { chainReportSchema } from "@/server/audit/contract";
import { organizationProcedure, procedure, router } from "@/server/trpc/init";
import * as contract from "./contract";
import * as service from "./service";

export const auditRouter = router({
  list: procedure("audit:read")
    .input(contract.listAuditInput)
    .output(contract.auditPageSchema)
    .query(({ ctx, input }) => service.listAuditEvents(ctx, input)),
  /** What belongs to the organization as such. */
  ofOrganization: organizationProcedure("audit:read")
    .input(contract.listAuditInput)
    .output(contract.auditPageSchema)
    .query(({ ctx, input }) => service.listOrganizationAuditEvents(ctx, input)),
  verify: procedure("audit:read")
    .output(chainReportSchema)
    .query(({ ctx }) => service.verifyChainOf(ctx)),
});
