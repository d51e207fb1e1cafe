/** Roles of a workspace, the mightiest first. Each may do what those after it may. */
export const ROLES = ["owner", "admin", "builder", "operator", "viewer"] as const;
export type Role = (typeof ROLES)[number];

/** Roles of an organization. Its owners and admins have the role of that name in each of its workspaces. */
export const ORGANIZATION_ROLES = ["owner", "admin", "member"] as const;
export type OrganizationRole = (typeof ORGANIZATION_ROLES)[number];

interface Rule<Least extends string> {
  /** The least mighty role that has it. */
  from: Least;
  /** For whoever reads the matrix. */
  does: string;
}

interface WorkspaceRule extends Rule<Role> {
  /** `thing`: can be granted in a folder or on one thing too. `workspace`: for the whole workspace or not at all. */
  on: "thing" | "workspace";
}

/** What can be allowed in a workspace, `resource:action`. The same words are the scopes of API tokens. */
const RULES = {
  "workflow:read": { on: "thing", from: "viewer", does: "See workflows and their versions" },
  "workflow:write": { on: "thing", from: "builder", does: "Edit drafts, make workflows, arrange folders" },
  "workflow:publish": { on: "thing", from: "builder", does: "Publish versions" },
  "workflow:delete": { on: "thing", from: "builder", does: "Archive and delete workflows" },
  "trigger:read": { on: "thing", from: "viewer", does: "See triggers and their events" },
  "trigger:write": { on: "thing", from: "builder", does: "Make and change triggers" },
  "trigger:operate": { on: "thing", from: "operator", does: "Switch triggers on and off, send events again" },
  "run:read": { on: "thing", from: "viewer", does: "See runs, their steps, values and logs" },
  "run:start": { on: "thing", from: "operator", does: "Start workflows and run them again" },
  "run:cancel": { on: "thing", from: "operator", does: "Cancel runs and send them signals" },
  "wait:answer": { on: "thing", from: "operator", does: "Answer approvals" },
  "access:read": { on: "thing", from: "viewer", does: "See who may do what" },
  "access:write": { on: "thing", from: "admin", does: "Grant access to folders and single things" },
  "secret:list": { on: "thing", from: "builder", does: "See the names of secrets" },
  "secret:use": { on: "workspace", from: "operator", does: "Let steps of runs use secrets and LLM adapters" },
  "secret:write": { on: "thing", from: "builder", does: "Set and delete secrets" },
  "variable:read": { on: "thing", from: "viewer", does: "See variables" },
  "variable:write": { on: "thing", from: "builder", does: "Set and delete variables" },
  "token:read": { on: "workspace", from: "operator", does: "See API tokens" },
  "token:write": { on: "workspace", from: "operator", does: "Make and revoke API tokens" },
  "settings:read": { on: "workspace", from: "viewer", does: "See the settings of the workspace" },
  "settings:write": { on: "workspace", from: "admin", does: "Change the settings of the workspace" },
  "member:read": { on: "workspace", from: "viewer", does: "See the members of the workspace" },
  "member:write": { on: "workspace", from: "admin", does: "Give and take roles, invite people" },
  "audit:read": { on: "workspace", from: "admin", does: "Read the audit log" },
  "workspace:delete": { on: "workspace", from: "owner", does: "Archive and delete the workspace" },
} as const satisfies Readonly<Record<string, WorkspaceRule>>;

export type Permission = keyof typeof RULES;
export const PERMISSION_RULES: Readonly<Record<Permission, WorkspaceRule>> = RULES;
export const PERMISSIONS = Object.keys(RULES) as Permission[];

/** What can be allowed in an organization as such. */
const ORGANIZATION_RULES_OF = {
  "organization:read": { from: "member", does: "See the organization, its people and groups" },
  "organization:write": { from: "admin", does: "Rename the organization, change its settings" },
  "person:write": { from: "admin", does: "Invite and remove people, give organization roles" },
  "owner:write": { from: "owner", does: "Make and unmake owners" },
  "group:write": { from: "admin", does: "Make groups and choose who is in them" },
  "role:write": { from: "admin", does: "Make and change custom roles" },
  "workspace:create": { from: "admin", does: "Make workspaces" },
  "workspace:manage": { from: "admin", does: "Rename, archive, delete and restore workspaces" },
  "sign-in:write": { from: "owner", does: "Set how people sign in, and who says who they are" },
  "audit:read": { from: "admin", does: "Read the audit log of the organization" },
  "audit:write": { from: "admin", does: "Set where audit events are streamed to, and how long they stay" },
  "organization:delete": { from: "owner", does: "Archive, delete and restore the organization" },
} as const satisfies Readonly<Record<string, Rule<OrganizationRole>>>;

export type OrganizationPermission = keyof typeof ORGANIZATION_RULES_OF;
export const ORGANIZATION_RULES: Readonly<Record<OrganizationPermission, Rule<OrganizationRole>>> = ORGANIZATION_RULES_OF;
export const ORGANIZATION_PERMISSIONS = Object.keys(ORGANIZATION_RULES_OF) as OrganizationPermission[];

function tableOf<Name extends string, Kind extends string>(roles: readonly Kind[], rules: Readonly<Record<Name, Rule<Kind>>>): Readonly<Record<Kind, readonly Name[]>> {
  const names = Object.keys(rules) as Name[];
  const held = (role: Kind) => names.filter((name) => roles.indexOf(rules[name].from) >= roles.indexOf(role));
  return Object.fromEntries(roles.map((role) => [role, held(role)])) as Record<Kind, Name[]>;
}

export const ROLE_PERMISSIONS = tableOf(ROLES, PERMISSION_RULES);
export const ORGANIZATION_ROLE_PERMISSIONS = tableOf(ORGANIZATION_ROLES, ORGANIZATION_RULES);

export function isPermission(text: string): text is Permission {
  return Object.hasOwn(RULES, text);
}

export function isRole(text: string): text is Role {
  return (ROLES as readonly string[]).includes(text);
}

export function isOrganizationRole(text: string): text is OrganizationRole {
  return (ORGANIZATION_ROLES as readonly string[]).includes(text);
}

/** Whether it can be granted in a folder or on one thing. */
export function isOnThings(permission: Permission): boolean {
  return PERMISSION_RULES[permission].on === "thing";
}

/** Whether it changes nothing: all that an archived workspace still allows. */
export function isReading(permission: Permission): boolean {
  return /:(read|list)$/.test(permission);
}

/** Who is in an archived organization, and how they sign in, is still looked after. */
const USABLE_IN_ARCHIVE: readonly OrganizationPermission[] = ["organization:read", "audit:read", "person:write", "owner:write", "sign-in:write", "organization:delete"];

export function organizationPermissionsOf(role: OrganizationRole, archivedAt: Date | null): OrganizationPermission[] {
  return ORGANIZATION_ROLE_PERMISSIONS[role].filter((permission) => archivedAt === null || USABLE_IN_ARCHIVE.includes(permission));
}

/** What all of a person's roles allow together. An unknown role allows nothing. */
export function permissionsOf(roles: readonly string[]): ReadonlySet<Permission> {
  return new Set(roles.filter(isRole).flatMap((role) => ROLE_PERMISSIONS[role]));
}

/** Of what somebody may do: the least mighty role that may do the mightiest of it, yet no owner. What people of that role hear, they hear. */
export function roleAlike(permissions: readonly Permission[]): Role {
  const found = ROLES.find((role) => permissions.some((permission) => PERMISSION_RULES[permission].from === role)) ?? "viewer";
  return found === "owner" ? "admin" : found;
}

export function mightiest(roles: readonly string[]): Role | null {
  return ROLES.find((role) => roles.includes(role)) ?? null;
}
