import { GROUP_SCHEMA } from "./groups";
import { USER_SCHEMA } from "./users";

const attribute = (name: string, more: object = {}) => ({ name, type: "string", multiValued: false, required: false, caseExact: false, mutability: "readWrite", returned: "default", uniqueness: "none", ...more });
const complex = (name: string, subAttributes: object[], multiValued = true) => attribute(name, { type: "complex", multiValued, subAttributes });

const SCHEMAS = [
  { id: USER_SCHEMA, name: "User", description: "A person", attributes: [attribute("userName", { required: true, uniqueness: "server" }), attribute("externalId", { caseExact: true }), attribute("displayName"), complex("name", [attribute("givenName"), attribute("familyName"), attribute("formatted")], false), complex("emails", [attribute("value"), attribute("primary", { type: "boolean" })]), attribute("active", { type: "boolean" }), complex("groups", [attribute("value", { mutability: "readOnly" })])] },
  { id: GROUP_SCHEMA, name: "Group", description: "A group of people", attributes: [attribute("displayName", { required: true, uniqueness: "server" }), attribute("externalId", { caseExact: true }), complex("members", [attribute("value", { mutability: "immutable" })])] },
].map((schema) => ({ schemas: ["urn:ietf:params:scim:schemas:core:2.0:Schema"], ...schema, meta: { resourceType: "Schema", location: `/api/scim/v2/Schemas/${schema.id}` } }));

const TYPES = [["User", USER_SCHEMA], ["Group", GROUP_SCHEMA]].map(([name, schema]) => ({ schemas: ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"], id: name, name, endpoint: `/${name}s`, schema, meta: { resourceType: "ResourceType", location: `/api/scim/v2/ResourceTypes/${name}` } }));

const PROVIDER = {
  schemas: ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
  patch: { supported: true },
  bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
  filter: { supported: true, maxResults: 200 },
  changePassword: { supported: false },
  sort: { supported: false },
  etag: { supported: true },
  authenticationSchemes: [{ type: "oauthbearertoken", name: "Bearer token", description: "A token of the organization", primary: true }],
};

/** What providers ask first; null: something else was asked for. */
export function describeProvider(kind: string, id: string | undefined): object | null {
  const word = kind.toLowerCase();
  if (word === "serviceproviderconfig") return PROVIDER;
  const list = word === "schemas" ? SCHEMAS : word === "resourcetypes" ? TYPES : null;
  if (list === null) return null;
  if (id !== undefined) return list.find((one) => one.id === decodeURIComponent(id)) ?? null;
  return { schemas: ["urn:ietf:params:scim:api:messages:2.0:ListResponse"], totalResults: list.length, startIndex: 1, itemsPerPage: list.length, Resources: list };
}
