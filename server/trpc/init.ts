import { initTRPC, TRPCError } from "@trpc/server";
import type { AuditSource } from "@/server/audit/contract";
import { recordByHour } from "@/server/audit/service";
import { ADMINISTRATION_MINUTES, type OwnSignInMethod, PROOF_MINUTES, type Stage } from "@/server/auth/constants";
import { recordDenial } from "@/server/auth/denials";
import { mayAdd } from "@/server/auth/other-way";
import type { OrganizationPermission, Permission } from "@/server/auth/permissions";
import { openPlatformScope } from "@/server/auth/platform";
import { countAttempt, type LIMITS } from "@/server/auth/rate-limit";
import { requireOwnProof } from "@/server/auth/own-factor";
import { requireRecentProof } from "@/server/auth/recent-proof";
import { isDatabaseUnavailable } from "@/server/db/unavailable";
import { DomainError } from "@/server/errors/domain-error";
import { TRANSPORT } from "@/server/errors/transport";
import type { RequestContext } from "./context";
import { problemOf } from "./problem";

/** What a procedure asks for, for those who look at all of them. */
interface Meta {
  permission?: Permission;
  /** Access to parts of the workspace is not enough. */
  isWhole?: boolean;
  organizationPermission?: OrganizationPermission;
}

const UNFORESEEN = "Something went wrong here.";

const t = initTRPC.context<RequestContext>().meta<Meta>().create({
  errorFormatter: ({ shape, error, ctx }) => {
    const { stack, ...data } = shape.data;
    const problem = problemOf(error);
    const requestId = ctx?.origin.requestId ?? null;
    // The message of an error that nobody foresaw may hold anything; it goes to the log.
    if (problem.kind === "internal" && error.code === "INTERNAL_SERVER_ERROR") {
      return { ...shape, message: requestId === null ? UNFORESEEN : `${UNFORESEEN} Request ${requestId}.`, data: { ...data, problem, requestId } };
    }
    return { ...shape, data: { ...data, ...(stack === undefined ? {} : { stack }), problem, requestId } };
  },
});

export const router = t.router;
export const createCallerFactory = t.createCallerFactory;

/** `next()` never rejects: what a resolver threw is in its result. */
const translateErrors = t.middleware(async ({ ctx, meta, next }) => {
  const result = await next();
  if (result.ok) return result;
  const cause = asDomainError(result.error.cause);
  if (cause === null) return result;
  const source = DENIALS.has(cause.kind) ? await sourceOf(ctx, meta) : null;
  if (source !== null) await recordDenial(source, cause);
  throw new TRPCError({ code: TRANSPORT[cause.kind].trpc, message: cause.message, cause });
});

const DENIALS: ReadonlySet<string> = new Set(["forbidden", "locked"]);

/** Who was denied something, and where. */
async function sourceOf(ctx: RequestContext, meta: Meta | undefined): Promise<AuditSource | null> {
  if (meta?.permission !== undefined) return ctx.openScope();
  if (meta?.organizationPermission !== undefined) return ctx.openOrganization();
  const session = await ctx.findAnySession();
  return session && { organizationId: null, workspaceId: null, actor: { type: "user", id: session.userId, name: session.name, userId: session.userId }, origin: ctx.origin };
}

function asDomainError(cause: unknown): DomainError | null {
  if (cause instanceof DomainError) return cause;
  return isDatabaseUnavailable(cause) ? new DomainError("unavailable", { what: "database" }, { cause }) : null;
}

export const publicProcedure = t.procedure.use(translateErrors);

/** For what anybody may ask: so often from one address. */
export function limitedProcedure(limit: keyof typeof LIMITS) {
  return publicProcedure.use(async ({ ctx, next }) => {
    await countAttempt(limit, ctx.origin.ip);
    return next();
  });
}

export const signedInProcedure = publicProcedure.use(async ({ ctx, next }) => {
  const session = await ctx.findSession();
  if (session === null) throw new DomainError("unauthenticated", {});
  return next({ ctx: { session } });
});

/** Also for whoever has to set up a second factor before anything else. */
export const enrollingProcedure = publicProcedure.use(async ({ ctx, next }) => {
  const session = await ctx.findAnySession();
  if (session === null || (session.stage !== "full" && session.stage !== "enrol")) throw new DomainError("unauthenticated", {});
  return next({ ctx: { session } });
});

/** For what is a way to sign in: also for whoever has none that is allowed, and came to add one. */
export function addingProcedure(way: OwnSignInMethod) {
  return publicProcedure.use(async ({ ctx, next }) => {
    const session = await ctx.findAnySession();
    const stages: readonly Stage[] = way === "passkey" ? ["full", "enrol"] : ["full"];
    if (session === null || !(stages.includes(session.stage) || (session.stage === "other_way" && (await mayAdd(session, way))))) throw new DomainError("unauthenticated", {});
    return next({ ctx: { session } });
  });
}

export function provenAddingProcedure(way: OwnSignInMethod) {
  return addingProcedure(way).use(async ({ ctx, next }) => {
    await requireOwnProof(ctx.session);
    return next();
  });
}

/** What changes how a person signs in. */
export const provenProcedure = signedInProcedure.use(async ({ ctx, next }) => {
  await requireOwnProof(ctx.session);
  return next();
});

export const provenEnrollingProcedure = enrollingProcedure.use(async ({ ctx, next }) => {
  await requireOwnProof(ctx.session);
  return next();
});

/**
 * The only way to a workspace's data: a caller who may do `permission` in the workspace that the request names, or in parts of
 * it. The scope reaches exactly as far as that.
 */
export function procedure(permission: Permission) {
  return publicProcedure.meta({ permission }).use(async ({ ctx, next }) => {
    const scope = await ctx.openScope();
    return next({ ctx: { scope: scope.for(permission) } });
  });
}

/** For what belongs to the workspace and lies in no folder: access to parts of the workspace is not enough. */
export function wholeProcedure(permission: Permission) {
  return publicProcedure.meta({ permission, isWhole: true }).use(async ({ ctx, next }) => {
    const scope = await ctx.openScope();
    scope.require(permission);
    return next({ ctx: { scope } });
  });
}

/** For what gives somebody a lasting hold of the workspace: who holds a session for a moment does not. */
export function provenScopedProcedure(permission: Permission) {
  return procedure(permission).use(async ({ ctx, next }) => {
    await ctx.requireProof();
    return next();
  });
}

/** The same for the organization: how its people come in, and what is known of that. */
export function provenOrganizationProcedure(permission: OrganizationPermission) {
  return organizationProcedure(permission).use(async ({ ctx, next }) => {
    await ctx.requireProof();
    return next();
  });
}

/** For those who look after the installation, who have shown lately that it is them. It says nothing about what they may do in organizations. */
export const platformProcedure = signedInProcedure.use(async ({ ctx, type, next }) => {
  const platform = await openPlatformScope(ctx.session, ctx.origin);
  requireRecentProof(ctx.session, type === "query" ? ADMINISTRATION_MINUTES : PROOF_MINUTES);
  return next({ ctx: { platform } });
});

/** For what tells of people and organizations: that somebody has looked stands in the installation's log, once an hour for each of it. */
export const watchedPlatformProcedure = platformProcedure.use(async ({ ctx, path, next }) => {
  await recordByHour(ctx.platform, { of: ctx.platform.userId, key: `${path} ` }, { action: "platform_admin.looked", resource: { type: "page", id: path, name: path } });
  return next();
});

/** The only way to what is an organization's and no workspace's. */
export function organizationProcedure(permission: OrganizationPermission) {
  return publicProcedure.meta({ organizationPermission: permission }).use(async ({ ctx, next }) => {
    const organization = await ctx.openOrganization();
    organization.require(permission);
    return next({ ctx: { organization } });
  });
}
