import { z } from "zod";
import { procedure, router } from "@/server/trpc/init";
import * as contract from "./contract";
import * as service from "./service";

const nothing = z.object({ ok: z.literal(true) });

export const accessRouter = router({
  members: procedure("member:read").input(contract.listMembersInput).output(contract.membersSchema).query(({ ctx, input }) => service.listMembers(ctx, input)),
  groups: procedure("member:read").output(z.array(contract.groupRolesSchema)).query(({ ctx }) => service.listGroupRoles(ctx)),
  candidates: procedure("access:write").input(contract.listCandidatesInput).output(contract.candidatesSchema).query(({ ctx, input }) => service.listCandidates(ctx, input)),
  setRoles: procedure("member:write").input(contract.setRolesInput).output(nothing).mutation(({ ctx, input }) => service.setRoles(ctx, input)),
  setGroupRoles: procedure("member:write").input(contract.setGroupRolesInput).output(nothing).mutation(({ ctx, input }) => service.setGroupRoles(ctx, input)),
  grants: procedure("access:read").input(contract.listGrantsInput).output(z.array(contract.grantSchema)).query(({ ctx, input }) => service.listGrants(ctx, input)),
  grant: procedure("access:write").input(contract.grantInput).output(z.object({ id: z.string() })).mutation(({ ctx, input }) => service.grant(ctx, input)),
  revoke: procedure("access:write").input(contract.revokeInput).output(nothing).mutation(({ ctx, input }) => service.revoke(ctx, input)),
  reaching: procedure("access:read").input(contract.reachingInput).output(contract.reachingSchema).query(({ ctx, input }) => service.listReaching(ctx, input)),
  rights: procedure("workflow:read").input(contract.rightsInput).output(contract.rightsSchema).query(({ ctx, input }) => service.listRights(ctx, input)),
  explain: procedure("access:read").input(contract.explainInput).output(contract.explanationSchema).query(({ ctx, input }) => service.explain(ctx, input)),
  explainProgram: procedure("token:read").input(contract.explainProgramInput).output(contract.programExplanationSchema).query(({ ctx, input }) => service.explainProgram(ctx, input)),
});
