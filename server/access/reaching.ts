import type { z } from "zod";
import type { Permission } from "@/server/auth/permissions";
import type { Scope } from "@/server/auth/scope";
import { holding } from "@/server/db/fold-case";
import type { Tx } from "@/server/db/scoped";
import type { Reaching, reachingInput } from "./contract";
import { findPlace } from "./places";
import { programsAt } from "./programs-at";
import { describeRole, permissionsAt, rolesAt } from "./roles-at";

/** Of one answer. */
const MAX_PEOPLE = 100;

/** Everybody who may do something at a place, by name, and because of which roles; and which programs may. */
export function listReaching({ scope }: { scope: Scope }, { place, permission, search = "" }: z.output<typeof reachingInput>): Promise<Reaching> {
  return scope.db.transaction(async (tx) => {
    const found = await findPlace(tx, place);
    const rows = (await rolesAt(tx, found)).filter((row) => permissionsAt(row).includes(permission));
    const ids = [...new Set(rows.map(({ userId }) => userId))];
    const [name, email] = [await holding(tx, "user_account", "name", search), await holding(tx, "user_account", "email", search)];
    const people = await tx.user.findMany({ where: { id: { in: ids }, disabledAt: null, OR: [{ name }, { email }] }, select: { id: true, name: true, email: true } });
    const named = people.map((person) => ({ userId: person.id, name: person.name ?? person.email, email: person.email }));
    named.sort((one, other) => one.name.localeCompare(other.name) || one.email.localeCompare(other.email));
    const told = named.slice(0, MAX_PEOPLE).map((person) => ({ ...person, reasons: rows.filter(({ userId }) => userId === person.userId).map((row) => describeRole(row, person.name, found, scope)) }));
    return { people: told, total: named.length, ...(await programsFor(tx, scope, permission, search)) };
  });
}

/** Whoever may not list programs hears how many there are; not which of their names hold what is searched for. */
async function programsFor(tx: Tx, scope: Scope, permission: Permission, search: string): Promise<Pick<Reaching, "programs" | "unnamedPrograms">> {
  if (scope.can("token:read")) return { programs: await programsAt(tx, permission, search), unnamedPrograms: 0 };
  return { programs: [], unnamedPrograms: search === "" ? (await programsAt(tx, permission, search)).length : 0 };
}
