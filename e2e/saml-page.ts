import http from "node:http";
import type { AddressInfo } from "node:net";
import { answerAbout, type Keys, newSamlKeys, requestIdOf } from "@/server/sso/testing/saml-provider";

export interface SamlPage {
  readonly entityId: string;
  readonly ssoUrl: string;
  readonly keys: Keys;
  /** Whoever is sent there is signed in as this one. */
  account: { id: string; email: string; name: string };
  /** What its answers go to. */
  service: { acs: string; audience: string };
  stop(): Promise<void>;
}

const escape = (text: string) => text.replace(/&/g, "&amp;").replace(/"/g, "&quot;");

/** A SAML provider that a browser can be sent to: it answers by a form that sends itself, as providers do. */
export async function startSamlPage(): Promise<SamlPage> {
  const keys = newSamlKeys();
  const state = { account: { id: "", email: "", name: "" }, service: { acs: "", audience: "" } };
  const server = http.createServer((request, response) => void answer(request, response));
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const entityId = `${origin}/entity`;

  async function answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", origin);
    if (url.pathname !== "/sso") return void response.writeHead(404).end();
    const { acs, audience } = state.service;
    const xml = await answerAbout(state.account, { keys, issuer: entityId, audience, recipient: acs, inResponseTo: requestIdOf(url) });
    const fields = { SAMLResponse: Buffer.from(xml).toString("base64"), RelayState: url.searchParams.get("RelayState") ?? "" };
    const inputs = Object.entries(fields).map(([name, value]) => `<input type="hidden" name="${name}" value="${escape(value)}">`).join("");
    response.setHeader("content-type", "text/html");
    response.end(`<!doctype html><form method="post" action="${escape(acs)}">${inputs}</form><script>document.forms[0].submit()</script>`);
  }

  return Object.assign(state, { entityId, ssoUrl: `${origin}/sso`, keys, stop: () => new Promise<void>((stopped) => {
    server.closeAllConnections();
    server.close(() => stopped());
  }) });
}
