import { z } from "zod";
import { organizationProcedure, platformProcedure, provenOrganizationProcedure, router } from "@/server/trpc/init";
import * as contract from "./contract";
import * as service from "./service";

const ok = z.object({ ok: z.literal(true) });
const { ownerOf } = service;

/** Of an organization. */
export const auditStreamsRouter = router({
  get: organizationProcedure("audit:write").output(contract.auditKeepingSchema).query(({ ctx }) => service.viewKeeping(ownerOf(ctx.organization))),
  save: provenOrganizationProcedure("audit:write").input(contract.saveStreamInput).output(contract.savedStreamSchema).mutation(({ ctx, input }) => service.saveStream(ownerOf(ctx.organization), input)),
  enable: provenOrganizationProcedure("audit:write").input(contract.enableStreamInput).output(ok).mutation(({ ctx, input }) => service.enableStream(ownerOf(ctx.organization), input)),
  test: organizationProcedure("audit:write").input(contract.nothingInput).output(contract.testedSchema).mutation(({ ctx }) => service.testStream(ownerOf(ctx.organization))),
  remove: provenOrganizationProcedure("audit:write").input(contract.nothingInput).output(ok).mutation(({ ctx }) => service.removeStream(ownerOf(ctx.organization))),
  setRetention: provenOrganizationProcedure("audit:write").input(contract.setAuditRetentionInput).output(ok).mutation(({ ctx, input }) => service.setAuditRetention(ownerOf(ctx.organization), input)),
});

/** Of the installation itself: sign-ins, and what its administrators do. */
export const platformAuditRouter = router({
  get: platformProcedure.output(contract.auditKeepingSchema).query(({ ctx }) => service.viewKeeping(ownerOf(ctx.platform))),
  save: platformProcedure.input(contract.saveStreamInput).output(contract.savedStreamSchema).mutation(({ ctx, input }) => service.saveStream(ownerOf(ctx.platform), input)),
  enable: platformProcedure.input(contract.enableStreamInput).output(ok).mutation(({ ctx, input }) => service.enableStream(ownerOf(ctx.platform), input)),
  test: platformProcedure.input(contract.nothingInput).output(contract.testedSchema).mutation(({ ctx }) => service.testStream(ownerOf(ctx.platform))),
  remove: platformProcedure.input(contract.nothingInput).output(ok).mutation(({ ctx }) => service.removeStream(ownerOf(ctx.platform))),
  setRetention: platformProcedure.input(contract.setAuditRetentionInput).output(ok).mutation(({ ctx, input }) => service.setAuditRetention(ownerOf(ctx.platform), input)),
});
