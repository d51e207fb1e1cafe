import { isRole, ROLES, type Role } from "@/server/auth/permissions";
import { type Category, type RolePreferences, rolePreferencesSchema, type Wants } from "./contract";

/** Workspace setting: what people of a role get unless they say otherwise. */
export const ROLES_SETTING = "alerts.roles";

const HEARS = { alerts: { inApp: true, email: false }, approvals: { inApp: true, email: true } };

/** Whoever works on workflows hears in the page; who is asked by name is asked by mail too. */
export const DEFAULT_ROLES = {
  owner: HEARS,
  admin: HEARS,
  builder: HEARS,
  operator: HEARS,
  viewer: { alerts: { inApp: false, email: false }, approvals: HEARS.approvals },
} as const satisfies RolePreferences & Record<Role, unknown>;

export function readRolePreferences(value: unknown): RolePreferences {
  const parsed = rolePreferencesSchema.safeParse(value);
  return parsed.success ? parsed.data : DEFAULT_ROLES;
}

export interface OwnChoice {
  inApp: boolean | null;
  email: boolean | null;
}

/** A person's own word counts; else the most that one of their roles has. */
export function wantsOf(roles: readonly string[], category: Category, preferences: RolePreferences, own: OwnChoice | null): Wants {
  const known = roles.filter(isRole).sort((one: Role, other: Role) => ROLES.indexOf(one) - ROLES.indexOf(other));
  const any = (way: keyof Wants) => known.some((role) => preferences[role][category][way]);
  return { inApp: own?.inApp ?? any("inApp"), email: own?.email ?? any("email") };
}
