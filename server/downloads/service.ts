import type { z } from "zod";
import { openOrganizationScope, type OrganizationScope } from "@/server/auth/organization-scope";
import type { OrganizationPermission, Permission } from "@/server/auth/permissions";
import { recordingDenials } from "@/server/auth/denials";
import { openPlatformScope, type PlatformScope } from "@/server/auth/platform";
import { ADMINISTRATION_MINUTES } from "@/server/auth/constants";
import { requireRecentProof } from "@/server/auth/recent-proof";
import { originOf } from "@/server/auth/request-origin";
import { openUserScope, type Scope } from "@/server/auth/scope";
import { sessionOfRequest } from "@/server/auth/session";
import { DomainError } from "@/server/errors/domain-error";

/** Who asks for a file: a signed-in person who may do `permission` in the workspace that `?workspace=SLUG` names. Throws domain errors. */
export async function openDownload(request: Request, permission: Permission): Promise<{ scope: Scope; params: URLSearchParams }> {
  const session = await sessionOfRequest(request);
  if (session === null) throw new DomainError("unauthenticated", {});
  const { searchParams: params } = new URL(request.url);
  const slug = params.get("workspace");
  if (slug === null) throw new DomainError("invalid_input", { field: "workspace", reason: "must name a workspace" });
  const scope = await openUserScope(session.userId, { slug }, originOf(request.headers));
  return { scope: await recordingDenials(scope, () => scope.for(permission)), params };
}

/** The same for what is the organization's of that workspace. */
export async function openOrganizationDownload(request: Request, permission: OrganizationPermission): Promise<{ organization: OrganizationScope; params: URLSearchParams }> {
  const session = await sessionOfRequest(request);
  if (session === null) throw new DomainError("unauthenticated", {});
  const { searchParams: params } = new URL(request.url);
  const organization = await openOrganizationScope(session.userId, { workspaceSlug: params.get("workspace") ?? "" }, originOf(request.headers));
  await recordingDenials(organization, () => organization.require(permission));
  return { organization, params };
}

/** The same for what belongs to no organization: for those who look after the installation. */
export async function openPlatformDownload(request: Request): Promise<{ platform: PlatformScope; params: URLSearchParams }> {
  const session = await sessionOfRequest(request);
  if (session === null) throw new DomainError("unauthenticated", {});
  const platform = await openPlatformScope(session, originOf(request.headers));
  requireRecentProof(session, ADMINISTRATION_MINUTES);
  return { platform, params: new URL(request.url).searchParams };
}

/** A list's filter from an address: the names are those of the list. */
export function readFilter<Shape extends z.ZodRawShape>(schema: z.ZodObject<Shape>, params: URLSearchParams): z.output<z.ZodObject<Shape>> {
  const given: Record<string, string | string[]> = {};
  for (const name of Object.keys(schema.shape)) {
    const values = params.getAll(name).filter((value) => value !== "");
    if (values.length > 0) given[name] = values.length === 1 ? values[0]! : values;
  }
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new DomainError("invalid_input", { field: issue?.path.join(".") ?? "", reason: issue?.message ?? "cannot be read" });
}

/** A file that is written while it is read. The first portion is asked for before the answer begins: what fails at once is told as a problem. */
export async function downloadOf(portions: AsyncGenerator<string>, { name, type }: { name: string; type: string }): Promise<Response> {
  const first = await portions.next();
  return new Response(toStream(first.done === true ? "" : first.value, portions), {
    headers: { "content-type": `${type}; charset=utf-8`, "content-disposition": `attachment; filename="${name}"`, "cache-control": "no-store" },
  });
}

/** Asks for the next portion when the reader has taken the last one. A failure breaks the download, so that nobody takes a part for the whole. */
function toStream(first: string, portions: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    start: (controller) => controller.enqueue(encoder.encode(first)),
    pull: async (controller) => {
      const { done, value } = await portions.next();
      if (done === true) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    cancel: async () => void (await portions.return(undefined)),
  });
}
