import * as client from "openid-client";
import type { SsoConnection } from "@/prisma/generated/client";
import { DomainError } from "@/server/errors/domain-error";
import { type MasterSealedPlace, openForPerson } from "@/server/secrets/service";
import { addressesOf } from "./addresses";
import type { BrowserSecret } from "./attempts";
import { mappingSchema } from "./contract";
import { readIdentity, type ProviderIdentity } from "./mapping";
import { providerHttp } from "./outbound";
import { SsoRefused } from "./refusal";

const TIMEOUT_SECONDS = 15;
const CLOCK_TOLERANCE_SECONDS = 60;

/** The sealed secret opens for this connection alone. */
export const secretBinding = (connectionId: string) => `sso:${connectionId}`;

export const SEALED_CLIENT_SECRETS: MasterSealedPlace = { table: "sso_connection", id: "id", sealed: "sealed_secret", binding: ({ id }) => secretBinding(id) };

type OidcConnection = Pick<SsoConnection, "id" | "issuer" | "clientId" | "sealedSecret" | "masterKeyId">;

/**
 * What the provider publishes about itself, read anew for each sign-in: keys and addresses that it changed count at once. Without TLS
 * only on this machine, where the guard must have been opened besides.
 */
export async function discover({ id, issuer, clientId, sealedSecret, masterKeyId }: OidcConnection): Promise<client.Configuration> {
  const server = new URL(issuer!);
  const secret = sealedSecret === null || masterKeyId === null ? null : openForPerson({ sealed: sealedSecret, masterKeyId }, secretBinding(id)).toString();
  const authentication = secret === null ? client.None() : client.ClientSecretBasic(secret);
  const execute = isThisMachine(server) ? [client.allowInsecureRequests] : [];
  const configuration = await client.discovery(server, clientId!, { [client.clockTolerance]: CLOCK_TOLERANCE_SECONDS }, authentication, {
    [client.customFetch]: (url, options) => providerHttp().fetch(url, options as RequestInit),
    timeout: TIMEOUT_SECONDS,
    execute,
  });
  // The library trusts TLS to the token endpoint alone otherwise.
  client.enableNonRepudiationChecks(configuration);
  return configuration;
}

function isThisMachine({ protocol, hostname }: URL): boolean {
  return protocol === "http:" && (hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(hostname));
}

/** Whether there is a provider with this name; says for people what is wrong. */
export async function requireProvider(connection: OidcConnection): Promise<void> {
  try {
    await discover(connection);
  } catch (error) {
    throw new DomainError("invalid_input", { field: "issuer", reason: `does not answer as an OpenID provider: ${reasonOf(error)}` }, { cause: error });
  }
}

export async function authorizationUrl(connection: SsoConnection, state: string, secret: BrowserSecret, loginHint: string | null): Promise<string> {
  const configuration = await orRefuse(() => discover(connection));
  const url = client.buildAuthorizationUrl(configuration, {
    redirect_uri: addressesOf(connection.id).callback,
    scope: [...new Set(["openid", ...connection.scopes])].join(" "),
    state,
    nonce: secret.nonce,
    code_challenge: await client.calculatePKCECodeChallenge(secret.codeVerifier),
    code_challenge_method: "S256",
    ...(loginHint === null ? {} : { login_hint: loginHint }),
  });
  return url.href;
}

/** `search`: what the provider sent back. Everything of it is checked: state, issuer, signature, audience, times, nonce. */
export async function identityOfCode(connection: SsoConnection, search: string, state: string, secret: BrowserSecret): Promise<ProviderIdentity> {
  return orRefuse(async () => {
    const configuration = await discover(connection);
    const answer = new URL(addressesOf(connection.id).callback + search);
    const tokens = await client.authorizationCodeGrant(configuration, answer, { pkceCodeVerifier: secret.codeVerifier, expectedState: state, expectedNonce: secret.nonce, idTokenExpected: true });
    const claims = tokens.claims();
    if (claims === undefined) throw new Error("there is no ID token");
    const mapping = mappingSchema.parse(connection.mapping);
    const identity = readIdentity(claims.sub, claims, mapping);
    if (configuration.serverMetadata().userinfo_endpoint === undefined || (identity.email !== null && identity.groups.length > 0)) return identity;
    const more = await client.fetchUserInfo(configuration, tokens.access_token, claims.sub);
    return readIdentity(claims.sub, { ...more, ...claims }, mapping);
  });
}

async function orRefuse<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw new SsoRefused("sso_failed", reasonOf(error), { cause: error });
  }
}

/** The causes of the library say what happened; its own messages often only where. */
function reasonOf(error: unknown): string {
  const texts: string[] = [];
  for (let cause = error; cause instanceof Error && texts.length < 4; cause = cause.cause) {
    const { error: code, error_description: description } = cause as { error?: unknown; error_description?: unknown };
    texts.push([cause.message, code, description].filter((one) => typeof one === "string" && one !== "").join(": "));
  }
  return [...new Set(texts)].join("; ").replace(/\p{Cc}/gu, " ").slice(0, 500) || "unknown";
}
