import { once } from "node:events";
import net from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { closeConnections, sharedPool } from "@/server/db/client";
import { FactScene } from "@/server/facts/testing/scene";
import * as alerts from "./service";
import { PATIENCE } from "./send-mail";

vi.hoisted(() => (process.env.MILLRACE_SSRF_ALLOW = "127.0.0.1"));

const usual = { ...PATIENCE };
let servers: net.Server[] = [];
let scene: FactScene;
beforeAll(async () => {
  scene = await FactScene.open();
});
afterEach(async () => {
  Object.assign(PATIENCE, usual);
  for (const server of servers) await once(server.close(), "close");
  servers = [];
});
afterAll(closeConnections);

/** A server that takes connections and does this with them; how each of them ends. */
async function openServer(talk: (socket: net.Socket) => void): Promise<{ port: number; hungUp: Promise<void> }> {
  let heard!: () => void;
  const hungUp = new Promise<void>((resolve) => (heard = resolve));
  const server = net.createServer((socket) => {
    socket.on("error", () => {}).on("close", heard).resume();
    talk(socket);
  });
  servers.push(server);
  await once(server.listen(0, "127.0.0.1"), "listening");
  return { port: (server.address() as net.AddressInfo).port, hungUp };
}

/** A mail of an alert by that server, after one attempt. */
async function tryOnce(port: number, security: "none" | "tls" = "none"): Promise<{ status: string; attempts: number; error: string | null; waits: boolean }> {
  const { scope } = scene;
  await alerts.setMail({ scope }, { host: "127.0.0.1", port, security, user: null, passwordSecret: null, from: "Millrace <millrace@example.com>" });
  const { id } = await alerts.createChannel({ scope }, { name: `Ops ${port}`, config: { kind: "email", to: ["ops@example.com"] } });
  await alerts.testChannel({ scope }, { channelId: id });
  const { rows } = await sharedPool().query<{ status: string; attempts: number; error: string | null; waits: boolean }>(
    "select status, attempts, error, due_at > clock_timestamp() as waits from notification_delivery where channel_id = $1 order by id",
    [id],
  );
  expect(rows).toHaveLength(1);
  return rows[0]!;
}

const drip = (socket: net.Socket) => {
  const timer = setInterval(() => socket.write("220-not yet\r\n"), 20);
  socket.on("close", () => clearInterval(timer));
};

describe("a mail server", () => {
  it.each(["none", "tls"] as const)("that takes a connection (%s) and never says a word is left, and the mail tried again", async (security) => {
    Object.assign(PATIENCE, { quietMs: 300, wholeMs: 60_000 });
    const { port, hungUp } = await openServer(() => {});
    expect(await tryOnce(port, security)).toEqual({ status: "pending", attempts: 1, error: "the mail server said nothing for 0.3 seconds", waits: true });
    await hungUp;
  });

  it("that falls silent in the middle is left", async () => {
    Object.assign(PATIENCE, { quietMs: 300, wholeMs: 60_000 });
    const { port, hungUp } = await openServer((socket) => socket.write("220 here\r\n"));
    expect(await tryOnce(port)).toMatchObject({ status: "pending", error: "the mail server said nothing for 0.3 seconds" });
    await hungUp;
  });

  it("that always says something, and never the end of it, is left when the whole takes too long", async () => {
    Object.assign(PATIENCE, { quietMs: 60_000, wholeMs: 500 });
    const { port, hungUp } = await openServer(drip);
    expect(await tryOnce(port)).toMatchObject({ status: "pending", error: "the mail server did not take the mail within 0.5 seconds" });
    await hungUp;
  });
});
