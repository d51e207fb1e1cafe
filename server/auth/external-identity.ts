import { rawDb } from "@/server/db/client";
import { newId } from "@/server/db/id";
import type { Tx } from "@/server/db/scoped";
import { recordAccess } from "./access-audit";
import { emailSchema } from "./contract";
import { type Attempt, beginSession, headersOf, type Person, refuse, type SignedIn } from "./doors/attempt";
import { originOf } from "./request-origin";
import type { Proof } from "./session";

/** Somebody whom another system has signed in, after everything that it said was verified. */
export interface ExternalIdentity {
  /** `github`, `google`, or one that names an organization's own provider, `oidc:<id>`. */
  provider: string;
  /** What never changes there. */
  subject: string;
  email: string | null;
  emailVerified: boolean;
  name: string | null;
  claims: Readonly<Record<string, unknown>>;
}

/** What an organization's own provider may do beyond signing in whom it signed in before. */
export interface OrganizationSignIn {
  organizationId: string;
  /** Whether the organization has proved that this domain is its own: then its word on an address is enough. */
  ownsDomain: (domain: string) => Promise<boolean>;
  /** Makes an account for somebody new, or null. */
  provision: (tx: Tx, identity: ExternalIdentity & { email: string }) => Promise<Person | null>;
}

/**
 * The door for everybody whom another system signed in. Known by the account there, never by the address: that may have changed
 * hands. An address leads to an existing account only on the word of the organization whose domain it is; others link the two
 * while they are signed in.
 */
export async function signInExternally(identity: ExternalIdentity, attempt: Attempt, organization: OrganizationSignIn | null = null): Promise<SignedIn> {
  const proof: Proof = organization === null
    ? { method: identity.provider === "google" ? "google" : "github" }
    : { method: "sso", secondFactor: true, ssoOrganizationId: organization.organizationId };
  const person = (await linkedPerson(identity)) ?? (organization && (await personOfOrganization(identity, organization)));
  return person === null ? refuse("account_unknown") : beginSession(person, attempt, proof);
}

async function linkedPerson({ provider, subject }: ExternalIdentity): Promise<Person | null> {
  const linked = await rawDb().linkedAccount.findUnique({ where: { provider_subject: { provider, subject } }, include: { user: true } });
  if (linked === null) return null;
  if (linked.user.disabledAt !== null) return refuse("account_unknown");
  await rawDb().linkedAccount.update({ where: { id: linked.id }, data: { lastUsedAt: new Date() } });
  return linked.user;
}

async function personOfOrganization(identity: ExternalIdentity, { ownsDomain, provision }: OrganizationSignIn): Promise<Person | null> {
  const email = emailSchema.safeParse(identity.email);
  if (!email.success || !identity.emailVerified || !(await ownsDomain(email.data.split("@")[1]!))) return null;
  return rawDb().$transaction(async (tx) => {
    const known = await tx.user.findUnique({ where: { email: email.data } });
    if (known !== null && known.disabledAt !== null) return null;
    const person = known ?? (await provision(tx, { ...identity, email: email.data }));
    if (person !== null) await link(tx, person, identity);
    return person;
  });
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
