import { rawDb } from "@/server/db/client";
import { newId } from "@/server/db/id";
import type { Tx } from "@/server/db/scoped";
import { recordAccess } from "./access-audit";
import { emailSchema } from "./contract";
import { type Attempt, beginSession, headersOf, type Person, refuse, type SignedIn } from "./doors/attempt";
import type { ProviderId } from "./providers";
import { originOf } from "./request-origin";

/** Somebody whom another system has signed in, after everything that it said was verified. */
export interface ExternalIdentity {
  provider: ProviderId;
  /** What never changes there. */
  subject: string;
  email: string | null;
  emailVerified: boolean;
  name: string | null;
}

/**
 * The door for whoever GitHub or Google has signed in. Known by the account there, never by the address: that may have changed hands.
 * The two are linked by a person who is signed in. An organization's own provider has a door of its own (`server/sso/admit.ts`), as its
 * word counts for addresses of the organization's domains.
 */
export async function signInExternally(identity: ExternalIdentity, attempt: Attempt): Promise<SignedIn> {
  const person = await linkedPerson(identity);
  return person === null ? refuse("account_unknown") : beginSession(person, attempt, { method: identity.provider });
}

async function linkedPerson({ provider, subject }: ExternalIdentity): Promise<Person | null> {
  const linked = await rawDb().linkedAccount.findUnique({ where: { provider_subject: { provider, subject } }, include: { user: true } });
  if (linked === null) return null;
  if (linked.user.disabledAt !== null) return refuse("account_unknown");
  await rawDb().linkedAccount.update({ where: { id: linked.id }, data: { lastUsedAt: new Date() } });
  return linked.user;
}

/** For a person who is signed in and has shown lately who they are. */
export async function linkAccount(person: Person, identity: ExternalIdentity, attempt: Attempt): Promise<void> {
  const email = emailSchema.safeParse(identity.email);
  if (!email.success || !identity.emailVerified) return refuse("email_unverified");
  await rawDb().$transaction(async (tx) => {
    const { provider, subject } = identity;
    const other = await tx.linkedAccount.findFirst({ where: { OR: [{ provider, subject }, { provider, userId: person.id }] } });
    if (other !== null) return other.userId === person.id && other.subject === subject ? undefined : refuse("account_taken");
    await link(tx, person, identity, attempt);
  });
}

async function link(tx: Tx, person: Person, { provider, subject, email, name }: ExternalIdentity, attempt: Attempt = {}): Promise<void> {
  const label = (email ?? name ?? subject).replace(/\p{Cc}/gu, " ").slice(0, 200);
  await tx.linkedAccount.upsert({
    where: { userId_provider: { userId: person.id, provider } },
    create: { id: newId(), userId: person.id, provider, subject, label },
    update: { subject, label },
  });
  await recordAccess(tx, person, { action: "account.linked", resource: { type: "linked_account", id: subject, name: label }, after: { provider } }, originOf(headersOf(attempt)));
}
