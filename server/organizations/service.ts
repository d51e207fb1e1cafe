// Organizations as such: who is in them, their groups and roles, and which workspaces they have.
export { createOrganization, getOrganization, renameOrganization } from "./organization";
export { changeOrganization, changeThisWorkspace, listOwnOrganizations, purgeOrganizations } from "./ending";
export { createGroup, listGroupMembers, listGroups, removeGroup, setGroupMembers, updateGroup } from "./groups";
export { joinOrganization, listPeople, removePerson, setPersonRole } from "./people";
export { createRole, listRoles, removeRole, updateRole } from "./roles";
export { changeWorkspace, createWorkspace, listWorkspaces, purgeWorkspaces, renameWorkspace, WORKSPACE_KEPT_DAYS } from "./workspaces";
export { inWords } from "./refusals";
