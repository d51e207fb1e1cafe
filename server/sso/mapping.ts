import type { Mapping } from "./contract";

/** Somebody as their provider describes them, after everything was checked. */
export interface ProviderIdentity {
  /** What never changes there. */
  subject: string;
  email: string | null;
  /** The provider says itself that it has not looked. */
  emailUnverified: boolean;
  name: string | null;
  groups: string[];
  claims: Readonly<Record<string, unknown>>;
}

const EMAIL = ["email", "mail", "emailaddress", "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress", "urn:oid:0.9.2342.19200300.100.1.3"];
const NAME = ["name", "displayName", "http://schemas.microsoft.com/identity/claims/displayname", "urn:oid:2.16.840.1.113730.3.1.241", "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name"];
const GROUPS = ["groups", "roles", "memberOf", "http://schemas.xmlsoap.org/claims/Group", "http://schemas.microsoft.com/ws/2008/06/identity/claims/groups"];

export function readIdentity(subject: string, claims: Readonly<Record<string, unknown>>, mapping: Mapping): ProviderIdentity {
  const first = (chosen: string | null, usual: readonly string[]) => textsOf(valueOf(claims, chosen === null ? usual : [chosen]))[0]?.trim() ?? null;
  const unverified = claims.email_verified;
  return {
    subject,
    email: first(mapping.email, EMAIL)?.toLowerCase() ?? null,
    emailUnverified: unverified === false || unverified === "false",
    name: first(mapping.name, NAME)?.replace(/\p{Cc}/gu, " ").slice(0, 200) ?? null,
    groups: textsOf(valueOf(claims, mapping.groups === null ? GROUPS : [mapping.groups])),
    claims,
  };
}

function valueOf(claims: Readonly<Record<string, unknown>>, names: readonly string[]): unknown {
  const name = names.find((one) => Object.hasOwn(claims, one));
  return name === undefined ? undefined : claims[name];
}

function textsOf(value: unknown): string[] {
  return [value].flat().filter((one): one is string => typeof one === "string" && one !== "");
}

export interface Effects {
  role: "member" | "admin";
  /** Whether the rules say something about roles at all: then they decide at every sign-in. */
  decidesRole: boolean;
  /** Groups to be in, of those that the rules speak of. */
  groupIds: string[];
  managedGroupIds: string[];
}

export function effectsOf(groups: readonly string[], { rules }: Mapping, defaultRole: "member" | "admin"): Effects {
  const held = new Set(groups);
  const matching = rules.filter(({ group }) => held.has(group));
  const ids = (from: typeof rules) => [...new Set(from.flatMap(({ groupId }) => groupId ?? []))];
  const roles = matching.flatMap(({ role }) => role ?? []);
  return {
    role: roles.includes("admin") ? "admin" : roles.length > 0 ? "member" : defaultRole,
    decidesRole: rules.some(({ role }) => role !== null),
    groupIds: ids(matching),
    managedGroupIds: ids(rules),
  };
}
