import type { HttpResponse } from "@/server/http/client";
import type { StepContext } from "@/server/nodes/runner";
import type { HttpConfig } from "./spec";

/** What expressions see of an answer. */
export interface ReadResponse {
  status: number;
  headers: Record<string, string>;
  body: unknown;
  url: string;
}

export class UnreadableBody extends Error {
  override name = "UnreadableBody";
}

type Context = Pick<StepContext<HttpConfig>, "config" | "services" | "run">;

export async function readResponse(ctx: Context, response: HttpResponse): Promise<ReadResponse> {
  const { status, headers, url } = response;
  return { status, headers: visibleHeaders(response), body: await bodyOf(ctx, response, headers["content-type"] ?? ""), url };
}

function visibleHeaders({ headers, setCookies }: HttpResponse): Record<string, string> {
  return setCookies.length === 0 ? headers : { ...headers, "set-cookie": setCookies.join("\n") };
}

function bodyOf(ctx: Context, response: HttpResponse, contentType: string): unknown {
  const { body } = response;
  const mediaType = contentType.split(";")[0]!.trim().toLowerCase();
  const parse = ctx.config.parse === "auto" ? parserFor(mediaType) : ctx.config.parse;
  if (body.length === 0) return parse === "text" ? "" : null;
  if (parse === "bytes") return saveFile(ctx, response, mediaType);
  const text = decodeText(body, contentType);
  return parse === "json" ? parseJson(text, response.status) : text;
}

function parserFor(mediaType: string): "json" | "text" | "bytes" {
  if (mediaType === "application/json" || mediaType.endsWith("+json")) return "json";
  const isText = mediaType === "" || mediaType.startsWith("text/") || mediaType.endsWith("+xml");
  return isText || ["application/xml", "application/javascript", "application/x-www-form-urlencoded", "application/x-ndjson", "application/yaml"].includes(mediaType) ? "text" : "bytes";
}

function parseJson(text: string, status: number): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UnreadableBody(`the answer (status ${status}) is not JSON: ${why}`);
  }
}

function decodeText(body: Uint8Array, contentType: string): string {
  const charset = /charset="?([^";\s]+)/i.exec(contentType)?.[1] ?? "utf-8";
  try {
    return new TextDecoder(charset).decode(body);
  } catch {
    throw new UnreadableBody(`the answer's character set "${charset}" is not known`);
  }
}

async function saveFile({ services, run }: Context, response: HttpResponse, mediaType: string): Promise<unknown> {
  return services.files.save({
    workspaceId: run.workspaceId,
    runId: run.id,
    name: fileName(response),
    mediaType: mediaType === "" ? "application/octet-stream" : mediaType,
    data: response.body,
  });
}

/** From the Content-Disposition header, else the last part of the address; without folders. */
function fileName({ headers, url }: HttpResponse): string {
  const disposition = headers["content-disposition"] ?? "";
  const extended = /filename\*=(?:utf-8|iso-8859-1)'[^']*'([^;\s]+)/i.exec(disposition)?.[1];
  const plain = /filename="?([^";]+)/i.exec(disposition)?.[1];
  const last = new URL(url).pathname.split("/").at(-1);
  const name = decoded(extended) ?? plain ?? decoded(last) ?? "";
  return name.replace(/^.*[/\\]/, "").slice(0, 200) || "download";
}

function decoded(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : decodeURIComponent(text);
  } catch {
    return text;
  }
}
