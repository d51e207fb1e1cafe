import { z } from "zod";
import { organizationProcedure, platformProcedure, router, signedInProcedure, wholeProcedure } from "@/server/trpc/init";
import * as contract from "./contract";
import * as service from "./service";

const nothing = z.object({ ok: z.literal(true) });

export const organizationsRouter = router({
  get: organizationProcedure("organization:read").output(contract.organizationSchema).query(({ ctx }) => service.getOrganization(ctx)),
  rename: organizationProcedure("organization:write").input(contract.renameInput).output(nothing).mutation(({ ctx, input }) => service.renameOrganization(ctx, input)),
  create: platformProcedure.input(contract.createOrganizationInput).output(contract.createdSchema).mutation(({ ctx, input }) => service.createOrganization(ctx, input)),

  /** Of the person, deleted ones included that they can restore. The service asks for `organization:delete` in the one that is named. */
  own: signedInProcedure.output(z.array(contract.ownOrganizationSchema)).query(({ ctx }) => service.listOwnOrganizations(ctx)),
  change: signedInProcedure.input(contract.changeOrganizationInput).output(nothing).mutation(({ ctx, input }) => service.changeOrganization(ctx, input)),
  changeThisWorkspace: wholeProcedure("workspace:delete").input(contract.changeThisWorkspaceInput).output(nothing).mutation(({ ctx, input }) => service.changeThisWorkspace(ctx, input)),

  people: organizationProcedure("organization:read").input(contract.listPeopleInput).output(contract.peopleSchema).query(({ ctx, input }) => service.listPeople(ctx, input)),
  setRole: organizationProcedure("person:write").input(contract.setPersonRoleInput).output(nothing).mutation(({ ctx, input }) => service.setPersonRole(ctx, input)),
  removePerson: organizationProcedure("person:write").input(contract.personRef).output(nothing).mutation(({ ctx, input }) => service.removePerson(ctx, input)),

  groups: organizationProcedure("organization:read").input(contract.listGroupsInput).output(contract.groupsSchema).query(({ ctx, input }) => service.listGroups(ctx, input)),
  groupMembers: organizationProcedure("organization:read").input(contract.listGroupMembersInput).output(contract.groupMembersSchema).query(({ ctx, input }) => service.listGroupMembers(ctx, input)),
  createGroup: organizationProcedure("group:write").input(contract.createGroupInput).output(z.object({ id: z.string() })).mutation(({ ctx, input }) => service.createGroup(ctx, input)),
  updateGroup: organizationProcedure("group:write").input(contract.updateGroupInput).output(nothing).mutation(({ ctx, input }) => service.updateGroup(ctx, input)),
  removeGroup: organizationProcedure("group:write").input(contract.groupRef).output(nothing).mutation(({ ctx, input }) => service.removeGroup(ctx, input)),
  setGroupMembers: organizationProcedure("group:write").input(contract.setGroupMembersInput).output(nothing).mutation(({ ctx, input }) => service.setGroupMembers(ctx, input)),

  roles: organizationProcedure("organization:read").output(z.array(contract.roleViewSchema)).query(({ ctx }) => service.listRoles(ctx)),
  createRole: organizationProcedure("role:write").input(contract.createRoleInput).output(z.object({ id: z.string() })).mutation(({ ctx, input }) => service.createRole(ctx, input)),
  updateRole: organizationProcedure("role:write").input(contract.updateRoleInput).output(nothing).mutation(({ ctx, input }) => service.updateRole(ctx, input)),
  removeRole: organizationProcedure("role:write").input(contract.roleRef).output(nothing).mutation(({ ctx, input }) => service.removeRole(ctx, input)),

  workspaces: organizationProcedure("workspace:manage").output(z.array(contract.workspaceSchema)).query(({ ctx }) => service.listWorkspaces(ctx)),
  createWorkspace: organizationProcedure("workspace:create").input(contract.createWorkspaceInput).output(contract.createdSchema).mutation(({ ctx, input }) => service.createWorkspace(ctx, input)),
  renameWorkspace: organizationProcedure("workspace:manage").input(contract.renameWorkspaceInput).output(nothing).mutation(({ ctx, input }) => service.renameWorkspace(ctx, input)),
  changeWorkspace: organizationProcedure("workspace:manage").input(contract.changeWorkspaceInput).output(nothing).mutation(({ ctx, input }) => service.changeWorkspace(ctx, input)),
});
