import type { NextAuthOptions, User } from "next-auth";
import CredentialsProvider from "next-auth/providers/credentials";
import { env } from "@/server/env";
import { type Attempt, headersOf, type SignedIn, signInLog } from "./doors/attempt";
import { confirmSession } from "./doors/confirm";
import { signInByLink } from "./doors/link";
import { signInByPasskey } from "./doors/passkey";
import { signInByPassword } from "./doors/password";
import { enterByProvider } from "./doors/provider";
import { insidePath } from "./inside-path";
import { oauthProviders } from "./providers";
import { originOf } from "./request-origin";
import { findAnySession, revokeSession } from "./session";
import { isSecureOrigin, sessionCookieName } from "./session-cookie";
import { cookieSeconds } from "./session-lifetime";

function reasonOf(details: unknown): string {
  const { error = details } = (details ?? {}) as { error?: unknown };
  return error instanceof Error ? error.message : String(error);
}

function isSignedIn(user: User | undefined): user is SignedIn {
  return user !== undefined && "sessionToken" in user;
}

/**
 * next-auth 4 allows credentials only with the `jwt` strategy. Its codec is replaced: the "token" is the random name of a
 * session row, which is looked up at every request, so that signing out and revoking work at once.
 */
export function authOptions(attempt: Attempt = {}): NextAuthOptions {
  return {
    secret: env.NEXTAUTH_SECRET,
    // One line of JSON each: what a provider or a browser sends stands within it.
    logger: { error: (code, details) => signInLog().warn({ code, reason: reasonOf(details), requestId: originOf(headersOf(attempt)).requestId }, "sign-in failed"), warn: () => undefined, debug: () => undefined },
    useSecureCookies: isSecureOrigin(),
    session: { strategy: "jwt", maxAge: cookieSeconds() },
    pages: { signIn: "/sign-in", signOut: "/sign-in", error: "/sign-in" },
    cookies: {
      sessionToken: { name: sessionCookieName(), options: { httpOnly: true, sameSite: "lax", path: "/", secure: isSecureOrigin() } },
    },
    providers: [
      CredentialsProvider({ id: "password", name: "Password", credentials: { email: {}, password: {} }, authorize: signInByPassword }),
      CredentialsProvider({ id: "link", name: "Sign-in link", credentials: { token: {}, email: {}, name: {}, password: {} }, authorize: signInByLink }),
      CredentialsProvider({ id: "passkey", name: "Passkey", credentials: { response: {} }, authorize: signInByPasskey }),
      CredentialsProvider({ id: "confirm", name: "Second factor", credentials: { password: {}, code: {}, passkey: {} }, authorize: confirmSession }),
      ...oauthProviders(),
    ],
    jwt: {
      encode: ({ token }) => Promise.resolve(String(token?.sessionToken ?? "")),
      decode: async ({ token }) => {
        const session = await findAnySession(token);
        if (session === null) return null;
        const { id: sessionId, userId: sub, email, name, stage } = session;
        return { sessionId, sessionToken: token, stage, ...(stage === "full" ? { sub, email, name } : {}) };
      },
    },
    callbacks: {
      signIn: ({ user, account }) => (account?.type === "oauth" ? enterByProvider(user, account, attempt) : true),
      redirect: ({ url, baseUrl }) => new URL(insidePath(url.startsWith(`${baseUrl}/`) ? url.slice(baseUrl.length) : url), baseUrl).href,
      jwt: ({ token, user }) => ({ ...token, ...(isSignedIn(user) && { sessionToken: user.sessionToken }) }),
      session: ({ session, token }) => ({ ...session, user: { id: token.sub, email: token.email, name: token.name } }),
    },
    events: {
      signOut: async ({ token }) => {
        if (typeof token?.sessionId === "string") await revokeSession(token.sessionId, originOf(headersOf(attempt)));
      },
    },
  };
}
