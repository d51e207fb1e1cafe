import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { EXAMPLES_PATH } from "@/server/http/own-paths";
import { answerSample } from "./service";

export interface SampleServer {
  /** What `workspace.baseUrl` has to be. */
  baseUrl: string;
  close(): Promise<void>;
}

/** The sample pages without the web server: for tests, and for runs without an installation around them. */
export async function serveSamples(): Promise<SampleServer> {
  const server = createServer((request, response) => {
    request.resume();
    const url = new URL(request.url ?? "/", "http://samples.invalid");
    const key = request.headers["idempotency-key"];
    const answer = url.pathname.startsWith(EXAMPLES_PATH)
      ? answerSample({ method: request.method ?? "GET", path: url.pathname.slice(EXAMPLES_PATH.length).split("/"), query: url.searchParams, idempotencyKey: typeof key === "string" ? key : null })
      : { status: 404, body: null };
    response.writeHead(answer.status, { "content-type": "application/json", ...answer.headers }).end(JSON.stringify(answer.body));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}
