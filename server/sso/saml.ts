import type { Profile, SAML } from "@node-saml/node-saml";
import { z } from "zod";
import type { SsoConnection } from "@/prisma/generated/client";
import { newId } from "@/server/db/id";
import { addressesOf } from "./addresses";
import { mappingSchema } from "./contract";
import { type ProviderIdentity, readIdentity } from "./mapping";
import { SsoRefused } from "./refusal";

const CLOCK_SKEW_MS = 60_000;
const MAX_AGE_MS = 3_600_000;
const EMAIL_FORMAT = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress";
const TRANSIENT_FORMAT = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient";
const BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer";
/** Broken hashes, and what no SAML answer has a use for. */
const FORBIDDEN = [/xmldsig#(?:rsa-|dsa-)?sha1/, /<!DOCTYPE/i, /<!ENTITY/i];

/** With the first connection that speaks it: its libraries are no burden to a process that has none. */
const library = () => import("@node-saml/node-saml");

/** `requestId`: of the request that an answer must be to; null: to none. */
async function samlOf(connection: SsoConnection, requestId: string | null): Promise<SAML> {
  const { SAML: Saml, ValidateInResponseTo } = await library();
  const { acs, metadata } = addressesOf(connection.id);
  return new Saml({
    issuer: metadata,
    callbackUrl: acs,
    audience: metadata,
    entryPoint: connection.ssoUrl!,
    idpCert: connection.certificates,
    identifierFormat: null,
    disableRequestedAuthnContext: true,
    wantAssertionsSigned: true,
    wantAuthnResponseSigned: false,
    acceptedClockSkewMs: CLOCK_SKEW_MS,
    maxAssertionAgeMs: MAX_AGE_MS,
    validateInResponseTo: requestId === null ? ValidateInResponseTo.ifPresent : ValidateInResponseTo.always,
    generateUniqueId: () => requestId ?? `_${newId()}`,
    cacheProvider: {
      saveAsync: () => Promise.resolve(null),
      getAsync: (key) => Promise.resolve(requestId !== null && key === requestId ? new Date().toISOString() : null),
      removeAsync: () => Promise.resolve(null),
    },
  });
}

export const newRequestId = () => `_${newId()}`;

export async function requestUrl(connection: SsoConnection, requestId: string, relayState: string): Promise<string> {
  return (await samlOf(connection, requestId)).getAuthorizeUrlAsync(relayState, undefined, {});
}

export async function metadataOf(connection: Pick<SsoConnection, "id">): Promise<string> {
  const { generateServiceProviderMetadata } = await library();
  const { acs, metadata } = addressesOf(connection.id);
  return generateServiceProviderMetadata({ issuer: metadata, callbackUrl: acs, identifierFormat: EMAIL_FORMAT, wantAssertionsSigned: true });
}

const some = <Shape extends z.ZodType>(shape: Shape) => z.array(shape).min(1);
/** Of the signed assertion, as the library's parser gives it. */
const assertionSchema = z.object({
  $: z.object({ ID: z.string().min(1) }),
  Subject: some(z.object({
    SubjectConfirmation: some(z.object({
      $: z.object({ Method: z.string() }),
      SubjectConfirmationData: some(z.object({ $: z.object({ Recipient: z.string(), NotOnOrAfter: z.string(), NotBefore: z.string().optional(), InResponseTo: z.string().optional() }) })),
    })),
  })),
});

export interface SamlAnswer {
  identity: ProviderIdentity;
  assertionId: string;
  validUntil: Date;
}

/** What a signed assertion says. Nothing outside of the signature is believed, not even which request it answers. */
export async function readAnswer(connection: SsoConnection, answer: string, requestId: string | null): Promise<SamlAnswer> {
  try {
    const xml = Buffer.from(answer, "base64").toString("utf8");
    if (FORBIDDEN.some((pattern) => pattern.test(xml))) throw new Error("the answer uses SHA-1, or holds a document type");
    const { profile } = await (await samlOf(connection, requestId)).validatePostResponseAsync({ SAMLResponse: answer });
    if (profile === null) throw new Error("the provider signed nobody in");
    if (profile.issuer !== connection.entityId) throw new Error(`the assertion is from ${profile.issuer}, not from ${connection.entityId}`);
    const assertion = assertionSchema.parse((profile.getAssertion?.() as { Assertion?: unknown } | undefined)?.Assertion);
    const validUntil = requireConfirmation(assertion, addressesOf(connection.id).acs, requestId);
    return { identity: identityOf(connection, profile), assertionId: assertion.$.ID, validUntil };
  } catch (error) {
    throw new SsoRefused("sso_failed", error instanceof z.ZodError ? `the assertion lacks ${error.issues[0]?.path.join(".")}` : (error as Error).message.slice(0, 500), { cause: error });
  }
}

/** Somebody must have been told to hand the assertion to us, now, and as the answer to this request. Answers how long that holds. */
function requireConfirmation({ Subject: [subject] }: z.output<typeof assertionSchema>, recipient: string, requestId: string | null): Date {
  const now = Date.now();
  const all = subject!.SubjectConfirmation.filter(({ $ }) => $.Method === BEARER).flatMap(({ SubjectConfirmationData }) => SubjectConfirmationData.map(({ $ }) => $));
  const ours = all.filter(({ Recipient }) => Recipient === recipient);
  if (ours.length === 0) throw new Error(`the assertion is for ${all[0]?.Recipient ?? "nobody"}, not for ${recipient}`);
  const answering = ours.filter(({ InResponseTo }) => (InResponseTo ?? null) === requestId);
  if (answering.length === 0) throw new Error("the assertion answers another request");
  const until = Math.max(...answering.filter(({ NotBefore }) => NotBefore === undefined || Date.parse(NotBefore) <= now + CLOCK_SKEW_MS).map(({ NotOnOrAfter }) => Date.parse(NotOnOrAfter)));
  if (!(until + CLOCK_SKEW_MS > now)) throw new Error("the assertion is too old, or not valid yet");
  return new Date(until + CLOCK_SKEW_MS);
}

const SET_BY_THE_LIBRARY = ["getAssertionXml", "getAssertion", "getSamlResponseXml", "attributes"];

function identityOf(connection: SsoConnection, profile: Profile): ProviderIdentity {
  const own = Object.entries(profile).filter(([name, value]) => !SET_BY_THE_LIBRARY.includes(name) && value !== undefined);
  const claims = Object.fromEntries(own);
  const identity = readIdentity(profile.nameID, claims, mappingSchema.parse(connection.mapping));
  const email = identity.email ?? (/^[^@\s]+@[^@\s]+$/.test(profile.nameID) ? profile.nameID.toLowerCase() : null);
  const isPassing = profile.nameIDFormat === TRANSIENT_FORMAT;
  if (!profile.nameID || (isPassing && email === null)) throw new Error("the assertion names nobody who could be known again");
  return { ...identity, email, subject: isPassing ? `email:${email}` : profile.nameID };
}
