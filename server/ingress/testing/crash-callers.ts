import http from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import type { Scope } from "@/server/auth/scope";
import { putSecret } from "@/server/secrets/service";
import { GithubServer } from "@/server/triggers/kinds/github/testing/github-server";
import { createTrigger } from "@/server/triggers/service";
import { keepSubscriptions } from "@/server/triggers/subscriptions";
import * as workflows from "@/server/workflows/service";

const DEDUPE = { dedupe: { type: "header", header: "x-id" }, answer: { mode: "accept" } };
const PUSHER = { email: "pusher@shop.iam.gserviceaccount.com", issuer: "https://accounts.example" };
const SHOP = "repos/acme/shop";

/** Somebody who calls a trigger's address from outside, and sends the same again when nobody answers. */
export interface Caller {
  triggerId: string;
  path: string;
  taken: number;
  request(id: string, n: number): Promise<{ headers: Record<string, string>; body: string }>;
  close(): Promise<unknown>;
}

type Open = (scope: Scope, name: string) => Promise<Caller>;

async function triggerOf(scope: Scope, kind: "webhook" | "route" | "pubsubPush" | "github", name: string, config: Record<string, unknown>): Promise<{ triggerId: string; url: string; path: string }> {
  const { id: workflowId } = await workflows.createWorkflow({ scope }, { name, description: "", definition: { schema: 1, nodes: [{ id: "keep", kind: "set", config: { values: { n: "{{ input.n }}" } } }], edges: [] } });
  await workflows.publish({ scope }, { workflowId, note: "" });
  const { id, url } = await createTrigger({ scope }, { workflowId, kind, name, config, settings: {}, nodeId: null, versionNumber: null });
  return { triggerId: id, url: url!, path: new URL(url!).pathname };
}

const request: Caller["request"] = (id, n) => Promise.resolve({ headers: { "content-type": "application/json", "x-id": id }, body: JSON.stringify({ n }) });
const close = () => Promise.resolve();

const webhook: Open = async (scope, name) => ({ ...(await triggerOf(scope, "webhook", name, DEDUPE)), taken: 202, request, close });
const route: Open = async (scope, name) => ({ ...(await triggerOf(scope, "route", name, { ...DEDUPE, path: `/${name}`, auth: { type: "none" } })), taken: 202, request, close });

/** A push subscription: signed tokens, whose keys the door reads from the issuer. */
const pubsubPush: Open = async (scope, name) => {
  const { publicKey, privateKey } = await generateKeyPair("RS256");
  const keys = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: "k1", alg: "RS256", use: "sig" }] });
  const issuer = http.createServer((_request, response) => response.writeHead(200, { "content-type": "application/json" }).end(keys));
  await new Promise<void>((resolve) => issuer.listen(0, "127.0.0.1", resolve));
  const made = await triggerOf(scope, "pubsubPush", name, { ...PUSHER, keysUrl: `http://127.0.0.1:${(issuer.address() as AddressInfo).port}/keys` });
  return {
    ...made,
    taken: 204,
    request: async (messageId, n) => {
      const token = await new SignJWT({ email: PUSHER.email, email_verified: true }).setProtectedHeader({ alg: "RS256", kid: "k1" }).setIssuer(PUSHER.issuer).setAudience(made.url).setIssuedAt().setExpirationTime("1h").sign(privateKey);
      const message = { data: Buffer.from(JSON.stringify({ n })).toString("base64"), messageId };
      return { headers: { "content-type": "application/json", authorization: `Bearer ${token}` }, body: JSON.stringify({ message, subscription: "projects/shop/subscriptions/push" }) };
    },
    close: () => new Promise((resolve) => (issuer.closeAllConnections(), issuer.close(resolve))),
  };
};

/** Deliveries signed with the secret of the hook that was made for the trigger. */
const github: Open = async (scope, name) => {
  const server = await GithubServer.start("t0ken", [SHOP]);
  await putSecret({ scope }, { name: "GITHUB_TOKEN", value: "t0ken" });
  const made = await triggerOf(scope, "github", name, { target: { type: "repository", owner: "acme", repository: "shop" }, events: ["push"], secret: "GITHUB_TOKEN", baseUrl: server.url });
  await keepSubscriptions(new AbortController().signal);
  const hook = server.hooks.get(SHOP)!.find(({ config }) => config.url === made.url)!;
  return {
    ...made,
    taken: 202,
    request: async (delivery, n) => {
      const sent = server.delivery(hook, "push", delivery, { n });
      return { headers: Object.fromEntries(sent.headers), body: await sent.text() };
    },
    close: () => server.stop(),
  };
};

export const CALLERS = { webhook, route, pubsubPush, github };
