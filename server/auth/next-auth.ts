import type { NextAuthOptions, User } from "next-auth";
import CredentialsProvider from "next-auth/providers/credentials";
import pino from "pino";
import { rawDb } from "@/server/db/client";
import { env } from "@/server/env";
import { DomainError } from "@/server/errors/domain-error";
import { linkSignInInput, passwordSignInInput, type SIGN_IN_ERRORS } from "./contract";
import { verifyPassword } from "./password";
import { countAttempt, forgetAttempts } from "./rate-limit";
import { originOf } from "./request-origin";
import { createSession, findSession, isSecureOrigin, revokeSession, SESSION_DAYS, sessionCookieName } from "./session";
import { redeemSignInLink, type SignedInUser } from "./sign-in-links";

type SignInError = (typeof SIGN_IN_ERRORS)[number];
type SignedIn = User & { sessionToken: string };
type Attempt = { headers?: Record<string, unknown> };

const SESSION_SECONDS = SESSION_DAYS * 24 * 60 * 60;

class SignInRefused extends Error {
  constructor(reason: SignInError, options?: ErrorOptions) {
    super(reason, options);
    this.name = "SignInRefused";
  }
}

function refuse(reason: SignInError): never {
  throw new SignInRefused(reason);
}

let logger: pino.Logger | undefined;

/** next-auth tells the caller the message of whatever is thrown here; what nobody foresaw goes to the log instead. */
async function discreetly<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SignInRefused) throw error;
    logger ??= pino({ level: env.LOG_LEVEL, name: "sign-in" });
    logger.error({ err: error }, "unexpected error");
    throw new SignInRefused("unavailable", { cause: error });
  }
}

function headersOf(attempt: Attempt): Headers {
  const plain = Object.entries(attempt.headers ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  return new Headers(plain);
}

/** A fresh session row goes with the user; the cookie will carry nothing but its token. */
async function beginSession(user: SignedInUser, attempt: Attempt): Promise<SignedIn> {
  const { ip, userAgent } = originOf(headersOf(attempt));
  return { ...user, sessionToken: await createSession(user.id, { ip, userAgent: userAgent ?? undefined }) };
}

export function signInByPassword(credentials: unknown, attempt: Attempt): Promise<SignedIn | null> {
  return discreetly(() => tryPassword(credentials, attempt));
}

async function tryPassword(credentials: unknown, attempt: Attempt): Promise<SignedIn | null> {
  const input = passwordSignInInput.safeParse(credentials);
  if (!input.success) return null;
  const { ip } = originOf(headersOf(attempt));
  const { email, password } = input.data;
  await limited(async () => {
    await countAttempt("signInByAddress", ip);
    await countAttempt("signInByEmail", email);
  });
  const user = await rawDb().user.findFirst({ where: { email, disabledAt: null } });
  if (!(await verifyPassword(password, user?.passwordHash ?? null)) || user === null) return null;
  await forgetAttempts("signInByEmail", email);
  return beginSession({ id: user.id, email: user.email, name: user.name ?? user.email }, attempt);
}

export function signInByLink(credentials: unknown, attempt: Attempt): Promise<SignedIn | null> {
  return discreetly(() => tryLink(credentials, attempt));
}

async function tryLink(credentials: unknown, attempt: Attempt): Promise<SignedIn | null> {
  const input = linkSignInInput.safeParse(withoutEmptyTexts(credentials));
  if (!input.success) return refuse("details_missing");
  await limited(() => countAttempt("signInByAddress", originOf(headersOf(attempt)).ip));
  try {
    return await beginSession(await redeemSignInLink(input.data), attempt);
  } catch (error) {
    if (DomainError.is(error, "link_invalid")) return refuse("link_invalid");
    if (DomainError.is(error, "invalid_input")) return refuse("details_missing");
    if (DomainError.is(error, "name_taken")) return refuse("email_taken");
    throw error;
  }
}

async function limited(count: () => Promise<void>): Promise<void> {
  try {
    await count();
  } catch (error) {
    if (DomainError.is(error, "rate_limited")) refuse("rate_limited");
    throw error;
  }
}

/** next-auth sends an absent field as "", "undefined" or not at all. */
function withoutEmptyTexts(credentials: unknown): Record<string, unknown> {
  const present = Object.entries((credentials ?? {}) as Record<string, unknown>).filter(([, value]) => value !== "" && value !== "undefined");
  return Object.fromEntries(present);
}

function isSignedIn(user: User | undefined): user is SignedIn {
  return user !== undefined && "sessionToken" in user;
}

/**
 * next-auth 4 allows credentials only with the `jwt` strategy. Its codec is replaced: the "token" is the random name of a
 * session row, which is looked up at every request, so that signing out and revoking work at once.
 */
export function authOptions(): NextAuthOptions {
  return {
    secret: env.NEXTAUTH_SECRET,
    useSecureCookies: isSecureOrigin(),
    session: { strategy: "jwt", maxAge: SESSION_SECONDS },
    pages: { signIn: "/sign-in", signOut: "/sign-in", error: "/sign-in" },
    cookies: {
      sessionToken: { name: sessionCookieName(), options: { httpOnly: true, sameSite: "lax", path: "/", secure: isSecureOrigin() } },
    },
    providers: [
      CredentialsProvider({ id: "password", name: "Password", credentials: { email: {}, password: {} }, authorize: signInByPassword }),
      CredentialsProvider({ id: "link", name: "Sign-in link", credentials: { token: {}, email: {}, name: {}, password: {} }, authorize: signInByLink }),
    ],
    jwt: {
      encode: ({ token }) => Promise.resolve(String(token?.sessionToken ?? "")),
      decode: async ({ token }) => {
        const session = await findSession(token);
        return session && { sub: session.userId, email: session.email, name: session.name, sessionId: session.id, sessionToken: token };
      },
    },
    callbacks: {
      jwt: ({ token, user }) => ({ ...token, ...(isSignedIn(user) && { sessionToken: user.sessionToken }) }),
      session: ({ session, token }) => ({ ...session, user: { id: token.sub, email: token.email, name: token.name } }),
    },
    events: {
      signOut: async ({ token }) => {
        if (typeof token?.sessionId === "string") await revokeSession(token.sessionId);
      },
    },
  };
}
