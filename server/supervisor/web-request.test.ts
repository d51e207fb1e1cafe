import http from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { untilHealthy } from "@/server/supervisor/web-request";

it("a web process that takes a request and never answers is asked again", async () => {
  let asked = 0;
  const server = http.createServer((_request, response) => {
    if (++asked > 1) response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  expect(await untilHealthy(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, undefined, { answerMs: 30 })).toBe(true);
  expect(asked).toBeGreaterThan(1);
  server.closeAllConnections();
  server.close();
});
