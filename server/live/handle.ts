import { recordingDenials } from "@/server/auth/denials";
import { originOf } from "@/server/auth/request-origin";
import { openUserScope } from "@/server/auth/scope";
import { sessionOfRequest } from "@/server/auth/session";
import { DomainError } from "@/server/errors/domain-error";
import { MAX_TOPICS } from "./constants";
import { topicSchema } from "./contract";
import { liveHub } from "./hub";
import { openLiveStream } from "./stream";
import { audibleTopics } from "./topics";

/** `/api/live`: one stream per browser; which workspace and topics, the address says. Throws domain errors. */
export async function openLiveResponse(request: Request): Promise<Response> {
  const { searchParams } = new URL(request.url);
  const slug = searchParams.get("workspace");
  if (slug === null) throw new DomainError("invalid_input", { field: "workspace", reason: "must name a workspace" });
  const wanted = searchParams.getAll("topic").map((topic, index) => {
    if (!topicSchema.safeParse(topic).success) throw new DomainError("invalid_input", { field: `topic[${index}]`, reason: `is no topic: ${topic.slice(0, 100)}` });
    return topic;
  });
  if (wanted.length > MAX_TOPICS) throw new DomainError("limit_reached", { what: "topics", limit: MAX_TOPICS });
  const scope = await scopeOf(request, slug);
  const topics = await audibleTopics(scope, wanted);
  const stream = openLiveStream({
    hub: liveHub(),
    workspaceId: scope.workspaceId,
    organizationId: scope.organizationId,
    topics,
    after: searchParams.get("after") ?? request.headers.get("last-event-id"),
    mayListen: () => isStillSame(request, slug, wanted, topics),
    signal: request.signal,
  });
  return new Response(stream, {
    headers: {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-cache, no-store, no-transform",
      // Proxies that buffer would hold messages back.
      "x-accel-buffering": "no",
    },
  });
}

async function scopeOf(request: Request, slug: string) {
  const session = await sessionOfRequest(request);
  if (session === null) throw new DomainError("unauthenticated", {});
  const scope = await openUserScope(session.userId, { slug }, originOf(request.headers));
  return recordingDenials(scope, () => scope.for("run:read"));
}

/** Whether the person hears as much as before, no less and no more: else the browser comes back. */
async function isStillSame(request: Request, slug: string, wanted: readonly string[], topics: readonly string[]): Promise<boolean> {
  try {
    const audible = await audibleTopics(await scopeOf(request, slug), wanted);
    return audible.join() === topics.join();
  } catch (error) {
    if (error instanceof DomainError && error.kind !== "unavailable") return false;
    throw error;
  }
}
