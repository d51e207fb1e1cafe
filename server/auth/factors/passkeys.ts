import type { AuthenticationResponseJSON, AuthenticatorTransport, RegistrationResponseJSON } from "@simplewebauthn/server";
import type { RequestOrigin } from "@/server/audit/contract";
import { rawDb } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { DomainError } from "@/server/errors/domain-error";
import { type Person, recordAccess } from "../access-audit";
import { personOf } from "../account/sessions";
import { queueMail, sendSoon } from "../mail/queue";
import { rotateSession, type Session } from "../session";
import { keepChallenge, takeChallenge } from "./challenges";
import type { RelyingParty } from "./relying-party";

const PASSKEYS_MAX = 20;

/** A large library, for the few processes that are asked about a passkey. */
const webauthn = () => import("@simplewebauthn/server");

export interface PasskeyOwner extends Person {
  passkeyId: string;
}

/** What the browser needs to make a passkey that signs in without an address and asks for a finger, face or PIN. */
export async function beginRegistration(person: Person, { id: rpID }: RelyingParty) {
  const known = await rawDb().passkey.findMany({ where: { userId: person.id } });
  if (known.length >= PASSKEYS_MAX) throw new DomainError("limit_reached", { what: "passkeys", limit: PASSKEYS_MAX });
  const options = await (await webauthn()).generateRegistrationOptions({
    rpName: "Millrace",
    rpID,
    userName: person.email,
    userDisplayName: person.name ?? person.email,
    userID: new Uint8Array(Buffer.from(person.id)),
    attestationType: "none",
    excludeCredentials: known.map(({ credentialId, transports }) => ({ id: credentialId, transports })),
    authenticatorSelection: { residentKey: "required", userVerification: "required" },
  });
  await keepChallenge(options.challenge, "passkey_register", person.id);
  return options;
}

/** A new secret for the session if this was the second factor, or the way in, that it still lacked. */
export async function finishRegistration(session: Session, party: RelyingParty, { name, response }: { name: string; response: unknown }, origin: RequestOrigin): Promise<string | null> {
  const person = personOf(session);
  const { verifyRegistrationResponse } = await webauthn();
  const verified = await verifyRegistrationResponse({
    response: response as RegistrationResponseJSON,
    expectedChallenge: (challenge) => takeChallenge(challenge, "passkey_register", person.id),
    expectedOrigin: party.origin,
    expectedRPID: party.id,
    requireUserVerification: true,
  }).catch(asUnusable);
  if (!verified.verified) return asUnusable(undefined);
  const { credential, credentialBackedUp } = verified.registrationInfo;
  const token = await rawDb().$transaction(async (tx) => {
    if ((await tx.passkey.count({ where: { credentialId: credential.id } })) > 0) throw new DomainError("name_taken", { what: "passkey", name });
    const passkey = await tx.passkey.create({
      data: {
        id: newId(), userId: person.id, credentialId: credential.id, publicKey: new Uint8Array(credential.publicKey), rpId: party.id,
        counter: BigInt(credential.counter), transports: credential.transports ?? [], backedUp: credentialBackedUp, name,
      },
    });
    await queueMail(tx, "notice", person.email, "passkey.added");
    await recordAccess(tx, person, { action: "passkey.added", resource: { type: "passkey", id: passkey.id, name } }, origin);
    if (session.stage === "other_way") return rotateSession(tx, session.id, { secondFactorAt: new Date(), method: "passkey" });
    return session.stage === "enrol" ? rotateSession(tx, session.id, { secondFactorAt: new Date() }) : null;
  });
  sendSoon();
  return token;
}

/** A question that any passkey of this installation answers: nobody has to say who they are. */
export async function beginPasskeySignIn({ id: rpID }: RelyingParty) {
  const options = await (await webauthn()).generateAuthenticationOptions({ rpID, userVerification: "required" });
  await keepChallenge(options.challenge, "passkey_sign_in", null);
  return options;
}

/** Whose passkey answered; null for anything that is not a right answer to an open question. */
export async function verifyPasskey(party: RelyingParty, response: unknown): Promise<PasskeyOwner | null> {
  const { id } = response as { id?: unknown };
  if (typeof id !== "string") return null;
  const passkey = await rawDb().passkey.findFirst({ where: { credentialId: id, user: { disabledAt: null } }, include: { user: true } });
  if (passkey === null) return null;
  const { verifyAuthenticationResponse } = await webauthn();
  const verified = await verifyAuthenticationResponse({
    response: response as AuthenticationResponseJSON,
    expectedChallenge: (challenge) => takeChallenge(challenge, "passkey_sign_in", null),
    expectedOrigin: party.origin,
    expectedRPID: party.id,
    requireUserVerification: true,
    credential: { id, publicKey: new Uint8Array(passkey.publicKey), counter: Number(passkey.counter), transports: passkey.transports as AuthenticatorTransport[] },
  }).catch(() => null);
  if (verified === null || !verified.verified) return null;
  const { newCounter, credentialBackedUp } = verified.authenticationInfo;
  await rawDb().passkey.update({ where: { id: passkey.id }, data: { counter: BigInt(newCounter), backedUp: credentialBackedUp, lastUsedAt: new Date() } });
  return { id: passkey.userId, email: passkey.user.email, name: passkey.user.name, passkeyId: passkey.id };
}

function asUnusable(cause: unknown): never {
  throw new DomainError("invalid_input", { field: "response", reason: "is not what this page asked the device for. Try again" }, { cause });
}

export async function renamePasskey(session: Session, id: string, name: string, origin: RequestOrigin): Promise<void> {
  await rawDb().$transaction(async (tx) => {
    const before = await tx.passkey.findFirst({ where: { id, userId: session.userId }, select: { name: true } });
    if (before === null) throw new DomainError("not_found", { what: "passkey" });
    await tx.passkey.updateMany({ where: { id, userId: session.userId }, data: { name } });
    await recordAccess(tx, personOf(session), { action: "passkey.renamed", resource: { type: "passkey", id, name }, before, after: { name } }, origin);
  });
}
