// Who may do what in a workspace: roles of people and groups, grants on folders and single things, and why.
export { explain } from "./explain";
export { explainProgram } from "./explain-program";
export { grant, listGrants, revoke } from "./grants";
export { listCandidates, listGroupRoles, listMembers, setGroupRoles, setRoles } from "./members";
export { listReaching } from "./reaching";
export { listRights } from "./rights";
export { chooseRole, isLastingRole } from "./role-choice";
