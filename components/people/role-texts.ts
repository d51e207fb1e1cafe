import type { OrganizationRole, Role } from "@/server/auth/permissions";

export const ROLE_TEXTS: Readonly<Record<Role, string>> = {
  owner: "Everything, deleting the workspace too.",
  admin: "Everything but that: members, settings, the audit log.",
  builder: "Makes, edits and publishes workflows, triggers and secrets.",
  operator: "Starts and cancels runs, answers approvals, switches triggers.",
  viewer: "Looks, and changes nothing.",
};

export const ORGANIZATION_ROLE_TEXTS: Readonly<Record<OrganizationRole, string>> = {
  owner: "Everything, and makes other owners.",
  admin: "Looks after people, groups, roles and workspaces.",
  member: "Belongs to it; what they may do, workspaces say.",
};
