import { createHash, randomBytes } from "node:crypto";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, SignJWT } from "jose";

interface Grant {
  nonce: string | null;
  challenge: string | null;
  redirectUri: string;
}

export interface ProviderWorld {
  url: string;
  /** What the provider says of whoever signs in there next. */
  person: { sub: string; email: string; email_verified: boolean; name: string };
  /** Lets the next id token lie. */
  nonce: string | null;
  /** Plays the person who agrees: the address that the provider sends the browser back to. */
  agree(authorizeUrl: string): string;
  close(): Promise<void>;
}

/** An OpenID provider and a GitHub server in one: discovery, keys, codes that count once, PKCE checked. */
export async function openProvider(clientId: string): Promise<ProviderWorld> {
  const { publicKey, privateKey } = await generateKeyPair("RS256");
  const jwk = { ...(await exportJWK(publicKey)), kid: "1", alg: "RS256", use: "sig" };
  const grants = new Map<string, Grant>();
  const world: ProviderWorld = {
    url: "", nonce: null,
    person: { sub: "1", email: "ada@example.com", email_verified: true, name: "Ada" },
    agree: (authorizeUrl) => {
      const { searchParams: asked } = new URL(authorizeUrl);
      const code = randomBytes(16).toString("hex");
      const redirectUri = asked.get("redirect_uri") ?? "";
      grants.set(code, { nonce: asked.get("nonce"), challenge: asked.get("code_challenge"), redirectUri });
      return `${redirectUri}?${new URLSearchParams({ code, state: asked.get("state") ?? "" }).toString()}`;
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };

  async function answer(path: string, body: URLSearchParams): Promise<[number, unknown]> {
    if (path === "/.well-known/openid-configuration") {
      return [200, { issuer: world.url, authorization_endpoint: `${world.url}/authorize`, token_endpoint: `${world.url}/token`, jwks_uri: `${world.url}/jwks`, response_types_supported: ["code"], subject_types_supported: ["public"], id_token_signing_alg_values_supported: ["RS256"] }];
    }
    if (path === "/jwks") return [200, { keys: [jwk] }];
    if (path === "/api/v3/user") return [200, { id: Number(world.person.sub), login: "ada", name: world.person.name, email: "whatever-people-write@example.com" }];
    if (path === "/api/v3/user/emails") return [200, [{ email: world.person.email, primary: true, verified: world.person.email_verified }]];
    const grant = grants.get(body.get("code") ?? "");
    grants.delete(body.get("code") ?? "");
    const verifier = createHash("sha256").update(body.get("code_verifier") ?? "").digest("base64url");
    if (grant === undefined || grant.challenge !== verifier || grant.redirectUri !== body.get("redirect_uri")) return [400, { error: "invalid_grant" }];
    const nonce = world.nonce ?? grant.nonce;
    const idToken = await new SignJWT({ ...world.person, ...(nonce === null ? {} : { nonce }) })
      .setProtectedHeader({ alg: "RS256", kid: "1" }).setIssuer(world.url).setAudience(clientId).setIssuedAt().setExpirationTime("5m").sign(privateKey);
    return [200, { access_token: "token", token_type: "bearer", ...(path === "/token" ? { id_token: idToken } : {}) }];
  }

  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      void answer(new URL(request.url ?? "/", world.url).pathname, new URLSearchParams(Buffer.concat(chunks).toString())).then(([status, value]) => {
        response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  world.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return world;
}
