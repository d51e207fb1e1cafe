import { z } from "zod";
import { type Permission, PERMISSIONS, ROLES } from "@/server/auth/permissions";
import { momentSchema, pageOf, searchedPageInput } from "@/server/paging/contract";
import { MAX_PLACES } from "./constants";

/** A role of the table, or the id of a custom one. */
export const roleChoiceSchema = z.union([z.enum(ROLES), z.uuid()]);
export type RoleChoice = z.output<typeof roleChoiceSchema>;
export const MAX_ROLES = 20;

const heldRoleSchema = z.object({ role: z.string(), label: z.string() });
export const memberSchema = z.object({
  userId: z.string(),
  name: z.string(),
  email: z.string(),
  organizationRole: z.string(),
  /** Of the person alone; what `setRoles` replaces. */
  roles: z.array(heldRoleSchema),
  /** By groups, and because of the organization role. */
  inherited: z.array(heldRoleSchema.extend({ from: z.string() })),
});
export type MemberView = z.output<typeof memberSchema>;
export const groupRolesSchema = z.object({ groupId: z.string(), name: z.string(), people: z.int(), roles: z.array(heldRoleSchema) });
export type GroupRoles = z.output<typeof groupRolesSchema>;
export const listMembersInput = z.object(searchedPageInput);
export const membersSchema = pageOf(memberSchema);

export const candidateSchema = z.object({ kind: z.enum(["person", "group"]), id: z.string(), name: z.string(), email: z.string().nullable(), /** In a group. */ people: z.int().nullable() });
export type Candidate = z.output<typeof candidateSchema>;
export const listCandidatesInput = z.object(searchedPageInput);
export const candidatesSchema = pageOf(candidateSchema);

const rolesSchema = z.array(roleChoiceSchema).max(MAX_ROLES);
/** No role: the person or group leaves the workspace. */
/** Refuses (`own_loss`) what takes anything from the asking person themselves. */
const keepsOwn = z.boolean().optional();
export const setRolesInput = z.object({ userId: z.uuid(), roles: rolesSchema, keepsOwn });
export const setGroupRolesInput = z.object({ groupId: z.uuid(), roles: rolesSchema, keepsOwn });

/** A folder with all in it, or one workflow. */
export const placeSchema = z.union([z.object({ folderId: z.uuid() }), z.object({ workflowId: z.uuid() })]);
export type PlaceRef = z.output<typeof placeSchema>;
export const listGrantsInput = z.object({ place: placeSchema });
export const grantSchema = z.object({
  id: z.string(),
  who: z.object({ kind: z.enum(["person", "group"]), id: z.string(), name: z.string() }),
  role: z.string(),
  label: z.string(),
  createdAt: momentSchema,
  /** The folder above that it comes from; null: it is of the place itself. */
  from: z.object({ folderId: z.string(), name: z.string() }).nullable(),
});
export type GrantView = z.output<typeof grantSchema>;
export const grantInput = z.object({ place: placeSchema, who: z.union([z.object({ userId: z.uuid() }), z.object({ groupId: z.uuid() })]), role: roleChoiceSchema });
export const revokeInput = z.object({ grantId: z.uuid(), keepsOwn });

const permissionSchema = z.enum(PERMISSIONS as [Permission, ...Permission[]]);
const reasonSchema = z.object({
  role: z.string(),
  /** The person, a group's name, or the organization; a program's own, a claim that an issuer's tokens make, or the command line. */
  via: z.object({ kind: z.enum(["person", "group", "organization", "program", "claim", "installation"]), name: z.string() }),
  where: z.object({ kind: z.enum(["workspace", "folder", "workflow"]), name: z.string() }),
  /** Whether this is what allows it. */
  allows: z.boolean(),
});

/** What the asking person may do to each of these workflows and folders. */
const placesSchema = z.array(z.uuid()).max(MAX_PLACES).default([]);
export const rightsInput = z.object({ workflowIds: placesSchema, folderIds: placesSchema });
export const rightsSchema = z.array(z.object({
  id: z.string(),
  permissions: z.array(z.string()),
  /** A protection rule keeps them from changing it; what that forbids is not among the permissions. */
  isLocked: z.boolean(),
}));
export type RightsView = z.output<typeof rightsSchema>;

/** Who may do something at a place, and by which roles. */
export const reachingInput = z.object({ place: placeSchema, permission: permissionSchema, search: z.string().trim().max(200).optional() });
export const reachingSchema = z.object({
  people: z.array(z.object({ userId: z.string(), name: z.string(), email: z.string(), reasons: z.array(reasonSchema.omit({ allows: true })) })),
  /** Of all that fit; the first ones are told. */
  total: z.int(),
  /** Service accounts and trusted issuers, with those of their roles that allow it. */
  programs: z.array(z.object({ kind: z.enum(["service_account", "issuer"]), id: z.string(), name: z.string(), roles: z.array(z.string()) })),
  /** So many more, for whoever may not list programs. */
  unnamedPrograms: z.int(),
});
export type Reaching = z.output<typeof reachingSchema>;

export const explainInput = z.object({ userId: z.uuid(), permission: permissionSchema, place: placeSchema.optional() });
export const explanationSchema = z.object({
  allowed: z.boolean(),
  reasons: z.array(reasonSchema),
  /** A protection rule forbids it, whatever roles allow. */
  isLocked: z.boolean(),
  /** The workspace or its organization is archived: nothing in it changes. */
  isArchived: z.boolean(),
  /** They publish what another person has approved, and nothing else. */
  needsReview: z.boolean(),
  /** Of publishing: the environments into which they promote nothing, as others are named for that. */
  promotesNotInto: z.array(z.string()),
});
export type Explanation = z.output<typeof explanationSchema>;

export const explainProgramInput = z.object({ program: z.union([z.object({ serviceAccountId: z.uuid() }), z.object({ issuerId: z.uuid() }), z.object({ tokenId: z.uuid() })]), permission: permissionSchema, place: placeSchema.optional() });
export const programExplanationSchema = explanationSchema.extend({
  /** A switched off account or issuer, whose tokens open nothing. */
  isOff: z.boolean(),
  /** Of a token: what it leaves of what its holder may. */
  token: z
    .object({
      /** Null: the installation. */
      holder: z.object({ kind: z.enum(["person", "service_account"]), name: z.string() }).nullable(),
      /** Those for what is asked, folders by path. */
      scopes: z.array(z.string()),
      /** Whether they reach the place, where its holder may. */
      reaches: z.boolean(),
      isExpired: z.boolean(),
      /** Where it may come from; none: anywhere. */
      allowedAddresses: z.array(z.string()),
    })
    .nullable(),
});
export type ProgramExplanation = z.output<typeof programExplanationSchema>;
