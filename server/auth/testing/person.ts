import { rawDb } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { hashPassword } from "../password";
import { findAnySession, type Session } from "../session";
import { sessionCookieName } from "../session-cookie";

export const PASSWORD = "a rather long password";

/** Somebody with a password; in an organization if one is given. */
export async function makeSignInPerson(organizationId?: string, role = "member"): Promise<{ id: string; email: string }> {
  const id = newId();
  const email = `ada-${id.slice(-12)}@example.com`;
  await rawDb().user.create({ data: { id, email, name: "Ada", passwordHash: await hashPassword(PASSWORD), emailProvenAt: new Date() } });
  if (organizationId !== undefined) await rawDb().organizationMember.create({ data: { organizationId, userId: id, role } });
  return { id, email };
}

let addresses = 0;

/** A request as next-auth hands it on, from an address of its own. */
export function attemptWith(token?: string, headers: Record<string, string> = {}) {
  addresses += 1;
  const cookie: Record<string, string> = token === undefined ? {} : { cookie: `${sessionCookieName()}=${token}` };
  return { headers: { "x-forwarded-for": `10.1.${Math.floor(addresses / 250)}.${(addresses % 250) + 1}`, "user-agent": "test", ...cookie, ...headers } };
}

export async function sessionOf(signedIn: { sessionToken: string } | null): Promise<Session> {
  return (await findAnySession(signedIn?.sessionToken))!;
}
