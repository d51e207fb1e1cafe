import { z } from "zod";
import { procedure, provenScopedProcedure, router } from "@/server/trpc/init";
import * as contract from "./contract";
import * as service from "./service";

export const programsRouter = router({
  serviceAccounts: procedure("token:read")
    .output(z.array(contract.serviceAccountSchema))
    .query(({ ctx }) => service.listServiceAccounts(ctx)),
  createServiceAccount: procedure("member:write")
    .input(contract.createServiceAccountInput)
    .output(contract.serviceAccountSchema)
    .mutation(({ ctx, input }) => service.createServiceAccount(ctx, input)),
  updateServiceAccount: procedure("member:write")
    .input(contract.updateServiceAccountInput)
    .output(contract.serviceAccountSchema)
    .mutation(({ ctx, input }) => service.updateServiceAccount(ctx, input)),
  removeServiceAccount: procedure("member:write")
    .input(contract.serviceAccountRefInput)
    .output(z.void())
    .mutation(({ ctx, input }) => service.removeServiceAccount(ctx, input)),
  applications: procedure("token:read")
    .output(z.array(contract.applicationSchema))
    .query(({ ctx }) => service.listApplications(ctx)),
  createApplication: procedure("member:write")
    .input(contract.createApplicationInput)
    .output(contract.createdApplicationSchema)
    .mutation(({ ctx, input }) => service.createApplication(ctx, input)),
  rotateSecret: procedure("member:write")
    .input(contract.rotateSecretInput)
    .output(contract.createdApplicationSchema)
    .mutation(({ ctx, input }) => service.rotateSecret(ctx, input)),
  removeApplication: procedure("member:write")
    .input(contract.applicationRefInput)
    .output(z.void())
    .mutation(({ ctx, input }) => service.removeApplication(ctx, input)),
  issuers: procedure("token:read")
    .output(z.array(contract.issuerSchema))
    .query(({ ctx }) => service.listIssuers(ctx)),
  createIssuer: provenScopedProcedure("member:write")
    .input(contract.createIssuerInput)
    .output(contract.issuerSchema)
    .mutation(({ ctx, input }) => service.createIssuer(ctx, input)),
  setIssuer: provenScopedProcedure("member:write")
    .input(contract.setIssuerInput)
    .output(contract.issuerSchema)
    .mutation(({ ctx, input }) => service.setIssuer(ctx, input)),
  removeIssuer: procedure("member:write")
    .input(contract.issuerRefInput)
    .output(z.void())
    .mutation(({ ctx, input }) => service.removeIssuer(ctx, input)),
});
