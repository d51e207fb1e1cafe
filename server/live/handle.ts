import { originOf } from "@/server/auth/request-origin";
import { openUserScope } from "@/server/auth/scope";
import { sessionOfRequest } from "@/server/auth/session";
import { DomainError } from "@/server/errors/domain-error";
import { MAX_TOPICS } from "./constants";
import { topicSchema } from "./contract";
import { liveHub } from "./hub";
import { openLiveStream } from "./stream";
import { requireTopics } from "./topics";

/** `/api/live`: one stream per browser; which workspace and topics, the address says. Throws domain errors. */
export async function openLiveResponse(request: Request): Promise<Response> {
  const { searchParams } = new URL(request.url);
  const slug = searchParams.get("workspace");
  if (slug === null) throw new DomainError("invalid_input", { field: "workspace", reason: "must name a workspace" });
  const topics = searchParams.getAll("topic").map((topic, index) => {
    if (!topicSchema.safeParse(topic).success) throw new DomainError("invalid_input", { field: `topic[${index}]`, reason: `is no topic: ${topic.slice(0, 100)}` });
    return topic;
  });
  if (topics.length > MAX_TOPICS) throw new DomainError("limit_reached", { what: "topics", limit: MAX_TOPICS });
  const scope = await scopeOf(request, slug);
  await requireTopics(scope, topics);
  const stream = openLiveStream({
    hub: liveHub(),
    workspaceId: scope.workspaceId,
    organizationId: scope.organizationId,
    topics,
    after: searchParams.get("after") ?? request.headers.get("last-event-id"),
    mayListen: () => mayListen(request, slug, topics),
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
  return (await openUserScope(session.userId, { slug }, originOf(request.headers))).for("run:read");
}

async function mayListen(request: Request, slug: string, topics: string[]): Promise<boolean> {
  try {
    await requireTopics(await scopeOf(request, slug), topics);
    return true;
  } catch (error) {
    if (error instanceof DomainError && error.kind !== "unavailable") return false;
    throw error;
  }
}
