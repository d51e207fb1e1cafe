import { openOrganizationScope, type OrganizationScope } from "@/server/auth/organization-scope";
import { rawDb } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { makePerson, makeWorkspace } from "@/server/testing/factories";
import { addDomain, routeDomain, verifyDomain } from "../service";

export interface Company {
  organization: OrganizationScope;
  domain: string;
  group(name: string): Promise<string>;
}

/** An organization with a domain that it has proved to be its own. */
export async function makeCompany(): Promise<Company> {
  const { organizationId } = await makeWorkspace();
  const owner = await makePerson(organizationId, "owner");
  const organization = await openOrganizationScope(owner.id, { id: organizationId });
  const domain = `co-${newId().slice(-12)}.example`;
  await proveDomain({ organization }, domain);
  const group = async (name: string) => {
    const id = newId();
    await rawDb().personGroup.create({ data: { id, organizationId, name } });
    return id;
  };
  return { organization, domain, group };
}

export async function proveDomain(context: { organization: OrganizationScope }, domain: string): Promise<string> {
  const { id, record } = await addDomain(context, { domain });
  await verifyDomain(context, { domainId: id }, (name) => Promise.resolve(name === record.name ? [[record.value]] : []));
  return id;
}

export async function routeAll({ organization }: Company, connectionId: string): Promise<void> {
  for (const { id } of await organization.db.ssoDomain.findMany()) await routeDomain({ organization }, { domainId: id, connectionId });
}
