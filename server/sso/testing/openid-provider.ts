import { generateKeyPairSync, randomUUID } from "node:crypto";
import http from "node:http";
import type { AddressInfo } from "node:net";
import Provider, { type Configuration } from "oidc-provider";

export interface ProviderAccount {
  sub: string;
  claims: Record<string, unknown>;
}

export interface OpenIdProvider {
  readonly issuer: string;
  /** Whoever is sent there is signed in as this one, without being asked. */
  account: ProviderAccount;
  /** From now on it signs with another key, and publishes that one alone. */
  changeKeys(): void;
  /** Whether its page of keys shows another one under the name of the one that it signs with. */
  publishesOtherKeys: boolean;
  stop(): Promise<void>;
}

interface Client {
  id: string;
  secret: string;
}

const DAY_SECONDS = 86_400;

function newKeys(): Configuration["jwks"] {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { keys: [{ ...privateKey.export({ format: "jwk" }), kid: randomUUID(), alg: "RS256", use: "sig" } as NonNullable<Configuration["jwks"]>["keys"][number]] };
}

/** A real OpenID provider on this machine. `redirects`: of its clients, known once they are. */
export async function startOpenIdProvider(client: Client, redirects: () => string[]): Promise<OpenIdProvider> {
  let handle: http.RequestListener = (_, response) => response.end();
  const server = http.createServer((request, response) => handle(request, response));
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const state = { account: { sub: "nobody", claims: {} } as ProviderAccount, publishesOtherKeys: false };

  const rebuild = (jwks: Configuration["jwks"]) => {
    const provider = new Provider(issuer, {
      jwks: jwks!,
      clients: [{ client_id: client.id, client_secret: client.secret, redirect_uris: redirects(), grant_types: ["authorization_code"], response_types: ["code"] }],
      cookies: { keys: ["only-for-tests"] },
      claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name", "groups"] },
      conformIdTokenClaims: false,
      features: { devInteractions: { enabled: false } },
      interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
      ttl: { AccessToken: 600, AuthorizationCode: 60, IdToken: 600, Interaction: 600, Session: DAY_SECONDS, Grant: DAY_SECONDS },
      findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, ...state.account.claims }) }),
      loadExistingGrant: async (context) => {
        const grant = new context.oidc.provider.Grant({ accountId: context.oidc.session!.accountId!, clientId: context.oidc.client!.clientId });
        grant.addOIDCScope("openid email profile");
        await grant.save();
        return grant;
      },
    });
    const callback = provider.callback();
    const [{ kid }, { kty, n, e }] = [jwks!.keys[0]!, newKeys()!.keys[0]!];
    handle = (request, response) => {
      if (state.publishesOtherKeys && request.url === "/jwks") return void response.setHeader("content-type", "application/json").end(JSON.stringify({ keys: [{ kid, kty, n, e, alg: "RS256", use: "sig" }] }));
      if (request.url?.startsWith("/interaction/") !== true) return void callback(request, response);
      provider.interactionFinished(request, response, { login: { accountId: state.account.sub, remember: false } }, { mergeWithLastSubmission: false }).catch((error: unknown) => {
        response.statusCode = 500;
        response.end(String(error));
      });
    };
  };
  rebuild(newKeys());

  return Object.assign(state, {
    issuer,
    changeKeys: () => rebuild(newKeys()),
    stop: () => new Promise<void>((stopped) => {
      server.closeAllConnections();
      server.close(() => stopped());
    }),
  });
}
