import http from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { environmentSchema } from "@/server/env";
import { clientAddress, networkOf, TrustedProxies } from "./client-address";
import { watchFrontDoor } from "./front-door";

const proxies = new TrustedProxies(["10.0.0.0/8", "192.0.2.7", "fd00::/8"]);

it.each([
  { title: "nobody is believed who is no proxy", peer: "203.0.113.9", header: "1.2.3.4", client: "203.0.113.9" },
  { title: "a proxy names its client", peer: "10.1.1.1", header: "203.0.113.9", client: "203.0.113.9" },
  { title: "what the client wrote itself stands before that", peer: "10.1.1.1", header: "1.2.3.4, 203.0.113.9", client: "203.0.113.9" },
  { title: "several proxies stand in a row", peer: "10.1.1.1", header: "1.2.3.4, 203.0.113.9, 192.0.2.7, 10.2.2.2", client: "203.0.113.9" },
  { title: "a proxy that names nobody is the client", peer: "10.1.1.1", header: undefined, client: "10.1.1.1" },
  { title: "a word that is no address ends the list", peer: "10.1.1.1", header: "1.2.3.4, unknown", client: "10.1.1.1" },
  { title: "IPv4 in IPv6 is IPv4", peer: "::ffff:10.1.1.1", header: "203.0.113.9:4711", client: "203.0.113.9" },
  { title: "IPv6 with brackets", peer: "fd00::1", header: "[2001:db8::5]:443", client: "2001:db8::5" },
])("$title", ({ peer, header, client }) => {
  expect(clientAddress(peer, header, proxies)).toBe(client);
});

it.each([
  ["203.0.113.9", "203.0.113.9"],
  ["2001:db8:1:2::5", "2001:db8:1:2::/64"],
  ["2001:0DB8:0001:0002:ffff:1:2:3", "2001:db8:1:2::/64"],
  ["2001:db8::1", "2001:db8:0:0::/64"],
  ["::1", "0:0:0:0::/64"],
  ["64:ff9b::192.0.2.1", "192.0.2.1"],
  ["64:FF9B::c000:202", "192.0.2.2"],
  ["64:ff9b:0:0:0:0:c000:203", "192.0.2.3"],
  ["64:ff9b:0:0:1::5", "64:ff9b:0:0::/64"],
  ["2001:db8:1:2::192.0.2.1", "2001:db8:1:2::/64"],
  ["::ffff:cb00:7109", "203.0.113.9"],
  ["0:0:0:0:0:ffff:203.0.113.9", "203.0.113.9"],
  ["fe80::1%eth0", "fe80:0:0:0::/64"],
  ["::ffff:203.0.113.9", "203.0.113.9"],
  ["local", "local"],
])("counts %s as %s", (address, counted) => {
  expect(networkOf(address)).toBe(counted);
});

it("trusts nobody unless told", () => {
  expect(clientAddress("127.0.0.1", "1.2.3.4", new TrustedProxies([]))).toBe("127.0.0.1");
});

it("takes addresses and ranges only as a setting", () => {
  const setting = environmentSchema.shape.TRUSTED_PROXIES;
  expect(setting.parse("10.0.0.0/8, ::1")).toEqual(["10.0.0.0/8", "::1"]);
  for (const wrong of ["proxy.internal", "10.0.0.0/33", "10.0.0.0/x"]) expect(setting.safeParse(wrong).success).toBe(false);
});

it("puts the true address before whoever reads the request, whatever its header says", async () => {
  watchFrontDoor();
  const server = http.createServer((request, response) => response.end(String(request.headers["x-forwarded-for"])));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { headers: { "x-forwarded-for": "1.2.3.4" } });
  expect(await answer.text()).toBe("127.0.0.1");
  server.close();
});
