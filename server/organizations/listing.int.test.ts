import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as access from "@/server/access/service";
import { openOrganizationScope, type OrganizationScope } from "@/server/auth/organization-scope";
import type { Scope } from "@/server/auth/scope";
import { closeConnections, rawDb } from "@/server/db/client";
import { newId } from "@/server/db/id";
import type { Page } from "@/server/paging/contract";
import { makeMember, makePerson, makeScope } from "@/server/testing/factories";
import * as service from "./service";

/** Two of one name, one whose place is by his address, and one who is out. */
const NAMES = ["Zoe", "ann", "Ann", "Émile", "Ann", null, "50% Bob", "Ulf_1"];
const SEARCH = { search: "", limit: 3 };
let scope: Scope;
let organization: OrganizationScope;
let ids: string[];

beforeAll(async () => {
  scope = await makeScope("admin");
  await rawDb().user.update({ where: { id: scope.userId! }, data: { name: "Mia Admin" } });
  organization = await openOrganizationScope((await makePerson(scope.organizationId, "owner")).id, { id: scope.organizationId });
  await rawDb().user.update({ where: { id: organization.userId! }, data: { name: "Olga Owner" } });
  ids = [];
  for (const name of NAMES) {
    const { id } = await makeMember(scope.workspaceId, "viewer");
    await rawDb().user.update({ where: { id }, data: { name } });
    ids.push(id);
  }
});
afterAll(closeConnections);

interface Input {
  search: string;
  limit: number;
  cursor?: string;
}

async function all<Item>(list: (input: Input) => Promise<Page<Item>>, input: Input = SEARCH): Promise<Item[]> {
  const page = await list(input);
  expect(page.items.length).toBeLessThanOrEqual(input.limit);
  return page.nextCursor === null ? page.items : [...page.items, ...(await all(list, { ...input, cursor: page.nextCursor }))];
}

describe("lists of people", () => {
  it("come by name in pages that hold everybody once", async () => {
    const people = await all((input) => service.listPeople({ organization }, input));
    expect(people.map(({ userId }) => userId).sort()).toEqual([...ids, scope.userId, organization.userId].sort());
    const names = people.map(({ name }) => name.toLowerCase());
    expect(names.filter((name) => name === "ann")).toHaveLength(3);
    expect(names.indexOf("ann")).toBeLessThan(names.indexOf("mia admin"));
    expect(names.indexOf("olga owner")).toBeLessThan(names.indexOf("zoe"));
    const members = await all((input) => access.listMembers({ scope }, input));
    expect(members.map(({ userId }) => userId)).toEqual(people.map(({ userId }) => userId));
    expect(members.find(({ userId }) => userId === organization.userId)).toMatchObject({ roles: [], inherited: [{ role: "owner", from: "the organization" }] });
  });

  it("are searched by name and address, each character as it is", async () => {
    const namesOf = async (search: string) => (await service.listPeople({ organization }, { search, limit: 50 })).items.map(({ userId }) => userId);
    expect(await namesOf("0% b")).toEqual([ids[6]]);
    expect(await namesOf("5%b")).toEqual([]);
    expect(await namesOf("50_ b")).toEqual([]);
    expect(await namesOf("F_1")).toEqual([ids[7]]);
    expect(await namesOf("MILE")).toEqual([ids[3]]);
    expect(await namesOf(`viewer-${ids[5]!.slice(-12)}`)).toEqual([ids[5]]);
    expect((await access.listMembers({ scope }, { search: "ANN", limit: 50 })).items).toHaveLength(3);
  });

  it("hold nobody of the workspace who is disabled, and nobody of another organization", async () => {
    const { id } = await makeMember(scope.workspaceId, "viewer");
    const stranger = await makeScope("admin");
    await rawDb().user.update({ where: { id }, data: { disabledAt: new Date() } });
    const members = await all((input) => access.listMembers({ scope }, input));
    const candidates = await all((input) => access.listCandidates({ scope }, input));
    for (const seen of [members.map(({ userId }) => userId), candidates.map((one) => one.id)]) {
      expect(seen).not.toContain(id);
      expect(seen).not.toContain(stranger.userId);
      expect(seen).toContain(ids[0]);
    }
    expect((await service.listPeople({ organization }, { search: "", limit: 50 })).items.find(({ userId }) => userId === id)).toMatchObject({ isDisabled: true });
    await rawDb().user.delete({ where: { id } });
  });

  it("refuse a cursor that is of no list", async () => {
    const wrong = { ...SEARCH, cursor: "none" };
    await expect(service.listPeople({ organization }, wrong)).rejects.toMatchObject({ data: { field: "cursor" } });
  });
});

describe("groups", () => {
  it("tell how many are in them, and who in pages; they come before people to choose from", async () => {
    const { id: groupId } = await service.createGroup({ organization }, { name: "Zoo", description: "" });
    await service.createGroup({ organization }, { name: "Empty", description: "" });
    await service.setGroupMembers({ organization }, { groupId, add: ids, remove: [] });
    const groups = await all((input) => service.listGroups({ organization }, input), { search: "", limit: 1 });
    expect(groups.map(({ name, people, firstPeople }) => [name, people, firstPeople.length])).toEqual([["Empty", 0, 0], ["Zoo", 8, 5]]);
    expect((await service.listGroups({ organization }, { search: groupId, limit: 1 })).items.map(({ name }) => name)).toEqual(["Zoo"]);
    const members = await all((input) => service.listGroupMembers({ organization }, { groupId, ...input }));
    expect(members.map(({ userId }) => userId).sort()).toEqual([...ids].sort());
    expect((await service.listGroupMembers({ organization }, { groupId, search: "zoe", limit: 50 })).items.map(({ userId }) => userId)).toEqual([ids[0]]);
    await expect(service.listGroupMembers({ organization }, { groupId: newId(), ...SEARCH })).rejects.toMatchObject({ kind: "not_found" });
    const candidates = await all((input) => access.listCandidates({ scope }, input));
    expect(candidates.slice(0, 2)).toMatchObject([{ kind: "group", name: "Empty", people: 0 }, { kind: "group", name: "Zoo", people: 8 }]);
    expect(candidates.slice(2).every(({ kind }) => kind === "person")).toBe(true);
    expect(candidates.slice(2).map(({ id }) => id).sort()).toEqual([...ids, scope.userId, organization.userId].sort());
    await access.setGroupRoles({ scope }, { groupId, roles: ["operator"] });
    expect(await access.listGroupRoles({ scope })).toEqual([{ groupId, name: "Zoo", people: 8, roles: [{ role: "operator", label: "operator" }] }]);
    expect((await access.listMembers({ scope }, { search: "zoe", limit: 3 })).items).toMatchObject([{ roles: [{ role: "viewer" }], inherited: [{ role: "operator", from: "Zoo" }] }]);
  });
});
