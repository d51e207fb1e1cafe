import { XMLParser, XMLValidator } from "fast-xml-parser";
import { z } from "zod";
import { DomainError } from "@/server/errors/domain-error";
import { HttpFailure } from "@/server/http/client";
import { readCertificate, viewCertificate } from "./certificate";
import type { MetadataInput, ReadMetadata } from "./contract";
import { providerHttp } from "./outbound";

const TIMEOUT_MS = 10_000;
const MAX_BYTES = 1_024 * 1_024;
const MAX_REDIRECTS = 3;
const MAX_CERTIFICATES = 5;
const REDIRECT_BINDING = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect";

const LISTS = ["EntityDescriptor", "IDPSSODescriptor", "KeyDescriptor", "SingleSignOnService", "X509Data", "X509Certificate"];
const parser = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: "", removeNSPrefix: true, processEntities: false, parseTagValue: false, parseAttributeValue: false, isArray: (name) => LISTS.includes(name) });

const keySchema = z.object({ use: z.string().optional(), KeyInfo: z.object({ X509Data: z.array(z.object({ X509Certificate: z.array(z.string()).default([]) })).default([]) }).optional() });
const providerSchema = z.object({ KeyDescriptor: z.array(keySchema).default([]), SingleSignOnService: z.array(z.object({ Binding: z.string(), Location: z.string() })).default([]) });
const entitySchema = z.object({ entityID: z.string().min(1).max(1_000), IDPSSODescriptor: z.array(providerSchema).default([]) });
const documentSchema = z.object({ EntityDescriptor: z.array(entitySchema).optional(), EntitiesDescriptor: z.object({ EntityDescriptor: z.array(entitySchema) }).optional() });

const refuse = (field: "url" | "xml", reason: string, cause?: unknown) => new DomainError("invalid_input", { field, reason }, { cause });

/** What a provider's metadata says, for the form. Nothing is kept. */
export async function readMetadata(input: MetadataInput): Promise<ReadMetadata> {
  return "xml" in input ? readProvider(input.xml, "xml") : readProvider(await fetchMetadata(input.url), "url");
}

/** Through the guard against private addresses, at every redirect anew. What else stands at the address is not told. */
async function fetchMetadata(url: string): Promise<string> {
  try {
    const answer = await providerHttp().send({ method: "GET", url, headers: { accept: "application/samlmetadata+xml, application/xml, text/xml" }, timeoutMs: TIMEOUT_MS, maxResponseBytes: MAX_BYTES, maxRedirects: MAX_REDIRECTS });
    if (answer.status !== 200) throw refuse("url", `answers with status ${answer.status}`);
    return Buffer.from(answer.body).toString("utf8");
  } catch (error) {
    if (error instanceof HttpFailure) throw refuse("url", `cannot be read: ${error.message}`, error);
    throw error;
  }
}

export function readProvider(xml: string, field: "url" | "xml"): ReadMetadata {
  if (/<!DOCTYPE|<!ENTITY/i.test(xml)) throw refuse(field, "must not hold a document type");
  const valid = XMLValidator.validate(xml);
  const parsed = documentSchema.safeParse(valid === true ? parser.parse(xml) : null);
  if (!parsed.success) throw refuse(field, "is no SAML metadata");
  const entities = parsed.data.EntityDescriptor ?? parsed.data.EntitiesDescriptor?.EntityDescriptor ?? [];
  const [entity, another] = entities.filter(({ IDPSSODescriptor }) => IDPSSODescriptor.length > 0);
  if (entity === undefined) throw refuse(field, "describes no identity provider");
  if (another !== undefined) throw refuse(field, "describes several identity providers: give that of one alone");
  const [provider] = entity.IDPSSODescriptor;
  const ssoUrl = provider!.SingleSignOnService.find(({ Binding }) => Binding === REDIRECT_BINDING)?.Location;
  if (ssoUrl === undefined || !/^https?:\/\//.test(ssoUrl)) throw refuse(field, "names no sign-in address for the HTTP-Redirect binding");
  const found = provider!.KeyDescriptor.filter(({ use }) => use !== "encryption").flatMap(({ KeyInfo }) => KeyInfo?.X509Data.flatMap(({ X509Certificate }) => X509Certificate) ?? []);
  const certificates = [...new Set(found.map((text, index) => readCertificate(text, index)))];
  if (certificates.length === 0) throw refuse(field, "holds no certificate for signatures");
  return { entityId: entity.entityID, ssoUrl, certificates: certificates.slice(0, MAX_CERTIFICATES).map(viewCertificate) };
}
