import http from "node:http";
import type { AddressInfo } from "node:net";
import { ingressOf } from "@/server/ingress/front-door";

/** A web process that answers webhooks and routes until it dies; says its port. */
const server = http.createServer((request, response) => {
  const answer = ingressOf(request);
  if (answer === null) response.writeHead(404).end();
  else answer(response).catch(() => response.destroy());
});
server.listen(0, "127.0.0.1", () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
