/** What can be allowed: `resource:action`. The same words are the scopes of API tokens. */
export const PERMISSIONS = [
  "workflow:read",
  "workflow:write",
  "workflow:publish",
  "workflow:delete",
  "trigger:read",
  "trigger:write",
  "trigger:operate",
  "run:read",
  "run:start",
  "run:cancel",
  "wait:answer",
  "secret:list",
  "secret:write",
  "variable:read",
  "variable:write",
  "token:read",
  "token:write",
  "settings:read",
  "settings:write",
  "audit:read",
] as const;
export type Permission = (typeof PERMISSIONS)[number];

/** Roles of a workspace, the mightiest first. */
export const ROLES = ["owner", "admin", "builder", "operator", "viewer"] as const;
export type Role = (typeof ROLES)[number];

const VIEWER = ["workflow:read", "trigger:read", "run:read", "variable:read", "settings:read"] as const satisfies readonly Permission[];
const OPERATOR = [...VIEWER, "trigger:operate", "run:start", "run:cancel", "wait:answer", "token:read", "token:write"] as const satisfies readonly Permission[];
const BUILDER = [
  ...OPERATOR,
  "workflow:write",
  "workflow:publish",
  "workflow:delete",
  "trigger:write",
  "secret:list",
  "secret:write",
  "variable:write",
] as const satisfies readonly Permission[];

export const ROLE_PERMISSIONS: Readonly<Record<Role, readonly Permission[]>> = {
  owner: PERMISSIONS,
  admin: PERMISSIONS,
  builder: BUILDER,
  operator: OPERATOR,
  viewer: VIEWER,
};

export function isPermission(text: string): text is Permission {
  return (PERMISSIONS as readonly string[]).includes(text);
}

export function isRole(text: string): text is Role {
  return (ROLES as readonly string[]).includes(text);
}

/** What all of a person's roles allow together. An unknown role allows nothing. */
export function permissionsOf(roles: readonly string[]): ReadonlySet<Permission> {
  return new Set(roles.filter(isRole).flatMap((role) => ROLE_PERMISSIONS[role]));
}

export function mightiest(roles: readonly string[]): Role | null {
  return ROLES.find((role) => roles.includes(role)) ?? null;
}
