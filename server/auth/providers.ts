import type { OAuthConfig } from "next-auth/providers/oauth";
import { env } from "@/server/env";

/** Signs in elsewhere with the browser's round trip protected by state and PKCE, and the answer by a nonce where there is an id token. */
export type ProviderId = "github" | "google";

export const PROVIDER_NAMES: Readonly<Record<ProviderId, string>> = { github: "GitHub", google: "Google" };

/** What a provider's answer says of a person, after its check. */
export interface ProviderProfile {
  id: string;
  name: string | null;
  email: string | null;
  emailVerified: boolean;
}

type Client = NonNullable<(typeof env)["SIGN_IN_GITHUB"]>;

export function configuredProviders(): { id: ProviderId; name: string }[] {
  const ids: ProviderId[] = [...(env.SIGN_IN_GITHUB ? ["github" as const] : []), ...(env.SIGN_IN_GOOGLE ? ["google" as const] : [])];
  return ids.map((id) => ({ id, name: PROVIDER_NAMES[id] }));
}

export function oauthProviders(): OAuthConfig<Record<string, unknown>>[] {
  return [...(env.SIGN_IN_GITHUB ? [github(env.SIGN_IN_GITHUB)] : []), ...(env.SIGN_IN_GOOGLE ? [google(env.SIGN_IN_GOOGLE)] : [])];
}

interface GitHubEmail {
  email: string;
  primary: boolean;
  verified: boolean;
}

/** Of github.com, or of a GitHub Enterprise Server. */
function github({ id: clientId, secret: clientSecret, at = "https://github.com" }: Client): OAuthConfig<Record<string, unknown>> {
  const api = at === "https://github.com" ? "https://api.github.com" : `${at}/api/v3`;
  const read = async (path: string, token: string): Promise<unknown> => {
    const answer = await fetch(`${api}${path}`, { headers: { authorization: `Bearer ${token}`, accept: "application/vnd.github+json", "user-agent": "millrace" }, redirect: "error", signal: AbortSignal.timeout(15_000) });
    if (!answer.ok) throw new Error(`${api}${path} answered with ${answer.status}`);
    return answer.json();
  };
  return {
    id: "github", name: "GitHub", type: "oauth", clientId, clientSecret,
    issuer: `${at}/login/oauth`,
    authorization: { url: `${at}/login/oauth/authorize`, params: { scope: "read:user user:email" } },
    token: `${at}/login/oauth/access_token`,
    checks: ["pkce", "state"],
    userinfo: {
      request: async ({ tokens }) => {
        const token = String(tokens.access_token);
        const [user, emails] = await Promise.all([read("/user", token), read("/user/emails", token)]);
        // The address in the profile is whatever people write there; only this list says what was verified.
        return { ...(user as Record<string, unknown>), verifiedEmail: (emails as GitHubEmail[]).find(({ primary, verified }) => primary && verified)?.email } as never;
      },
    },
    profile: ({ id, name, login, verifiedEmail }): ProviderProfile => ({
      id: String(id), name: text(name) ?? text(login), email: text(verifiedEmail), emailVerified: text(verifiedEmail) !== null,
    }),
  };
}

function google({ id: clientId, secret: clientSecret, at = "https://accounts.google.com" }: Client): OAuthConfig<Record<string, unknown>> {
  return {
    id: "google", name: "Google", type: "oauth", clientId, clientSecret,
    wellKnown: `${at}/.well-known/openid-configuration`,
    authorization: { params: { scope: "openid email profile" } },
    idToken: true,
    checks: ["pkce", "state", "nonce"],
    profile: ({ sub, name, email, email_verified: verified }): ProviderProfile => ({ id: String(sub), name: text(name), email: text(email), emailVerified: verified === true }),
  };
}

function text(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
