import { z } from "zod";
import { organizationRoleSchema } from "@/server/auth/contract";
import { PERMISSIONS } from "@/server/auth/permissions";
import { momentSchema, pageOf, searchedPageInput } from "@/server/paging/contract";
import { RESERVED_SLUGS } from "./constants";

export const nameSchema = z.string().trim().min(1, "must not be empty").max(100).regex(/^\P{Cc}*$/u, "must stand in one line");
const descriptionSchema = z.string().trim().max(500).default("");
export const slugSchema = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "may hold small letters, digits and hyphens").refine((slug) => !RESERVED_SLUGS.includes(slug), "is the address of a page");

export const MAX_GROUP_MEMBERS = 5_000;
export const MAX_CUSTOM_ROLES = 100;

export const organizationSchema = z.object({ id: z.string(), slug: z.string(), name: z.string(), role: z.string().nullable(), permissions: z.array(z.string()), people: z.int(), workspaces: z.int() });
export const renameInput = z.object({ name: nameSchema });
export const createOrganizationInput = z.object({ name: nameSchema, slug: slugSchema.optional() });
export const createdSchema = z.object({ id: z.string(), slug: z.string() });

export const personSchema = z.object({
  userId: z.string(),
  name: z.string(),
  email: z.string(),
  role: organizationRoleSchema,
  isDisabled: z.boolean(),
  lastSeenAt: momentSchema.nullable(),
  groups: z.array(z.object({ id: z.string(), name: z.string() })),
  /** Workspaces where the person has a role of their own. */
  workspaces: z.array(z.object({ id: z.string(), name: z.string() })),
});
export type PersonView = z.output<typeof personSchema>;
export const listPeopleInput = z.object(searchedPageInput);
export const peopleSchema = pageOf(personSchema);
export const personRef = z.object({ userId: z.uuid() });
export const setPersonRoleInput = personRef.extend({ role: organizationRoleSchema });

export const groupSchema = z.object({ id: z.string(), name: z.string(), description: z.string(), isProvisioned: z.boolean(), people: z.int(), /** Names of the first few. */ firstPeople: z.array(z.string()) });
export type GroupView = z.output<typeof groupSchema>;
export const listGroupsInput = z.object(searchedPageInput);
export const groupsSchema = pageOf(groupSchema);
export const groupRef = z.object({ groupId: z.uuid() });
export const listGroupMembersInput = groupRef.extend(searchedPageInput);
export const groupMemberSchema = z.object({ userId: z.string(), name: z.string(), email: z.string() });
export type GroupMemberView = z.output<typeof groupMemberSchema>;
export const groupMembersSchema = pageOf(groupMemberSchema);
export const createGroupInput = z.object({ name: nameSchema, description: descriptionSchema });
export const updateGroupInput = groupRef.extend({ name: nameSchema, description: descriptionSchema });
export const setGroupMembersInput = groupRef.extend({ add: z.array(z.uuid()).max(MAX_GROUP_MEMBERS).default([]), remove: z.array(z.uuid()).max(MAX_GROUP_MEMBERS).default([]) });

const permissionsSchema = z.array(z.enum(PERMISSIONS as [string, ...string[]])).min(1, "must hold at least one permission").max(PERMISSIONS.length);
export const roleViewSchema = z.object({ id: z.string(), name: z.string(), description: z.string(), permissions: z.array(z.string()), uses: z.int() });
export type RoleView = z.output<typeof roleViewSchema>;
export const roleRef = z.object({ roleId: z.uuid() });
export const createRoleInput = z.object({ name: nameSchema, description: descriptionSchema, permissions: permissionsSchema });
export const updateRoleInput = createRoleInput.extend(roleRef.shape);

export const workspaceSchema = z.object({
  id: z.string(),
  slug: z.string(),
  name: z.string(),
  createdAt: momentSchema,
  archivedAt: momentSchema.nullable(),
  deletedAt: momentSchema.nullable(),
  /** When it will be gone for good. */
  purgeAt: momentSchema.nullable(),
});
export type WorkspaceView = z.output<typeof workspaceSchema>;
export const workspaceRef = z.object({ workspaceId: z.uuid() });
export const createWorkspaceInput = z.object({ name: nameSchema, slug: slugSchema.optional() });
export const renameWorkspaceInput = workspaceRef.extend({ name: nameSchema });
export const WORKSPACE_ACTIONS = ["archive", "unarchive", "delete", "restore"] as const;
export const changeWorkspaceInput = workspaceRef.extend({ action: z.enum(WORKSPACE_ACTIONS) });
/** Typed by hand before something is deleted, so that nobody does it by a slip. */
const typedName = z.string().max(200).optional();
export const changeThisWorkspaceInput = z.object({ action: z.enum(["archive", "unarchive", "delete"]), name: typedName });

export const changeOrganizationInput = z.object({ organizationId: z.uuid(), action: z.enum(WORKSPACE_ACTIONS), name: typedName });
export const ownOrganizationSchema = organizationSchema.omit({ role: true }).extend({ role: z.string(), archivedAt: momentSchema.nullable(), deletedAt: momentSchema.nullable(), purgeAt: momentSchema.nullable() });
export type OwnOrganizationView = z.output<typeof ownOrganizationSchema>;
