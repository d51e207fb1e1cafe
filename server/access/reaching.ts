import type { z } from "zod";
import type { Scope } from "@/server/auth/scope";
import type { Reaching, reachingInput } from "./contract";
import { findPlace } from "./places";
import { describeRole, permissionsAt, rolesAt } from "./roles-at";

/** Of one answer. */
const MAX_PEOPLE = 100;

/** Everybody who may do something at a place, by name, and because of which roles. */
export function listReaching({ scope }: { scope: Scope }, { place, permission, search = "" }: z.output<typeof reachingInput>): Promise<Reaching> {
  return scope.db.transaction(async (tx) => {
    const found = await findPlace(tx, place);
    const rows = (await rolesAt(tx, found)).filter((row) => permissionsAt(row).includes(permission));
    const ids = [...new Set(rows.map(({ userId }) => userId))];
    const fits = { contains: search, mode: "insensitive" as const };
    const people = await tx.user.findMany({ where: { id: { in: ids }, disabledAt: null, OR: [{ name: fits }, { email: fits }] }, select: { id: true, name: true, email: true } });
    const named = people.map(({ id, name, email }) => ({ userId: id, name: name ?? email, email }));
    named.sort((one, other) => one.name.localeCompare(other.name) || one.email.localeCompare(other.email));
    const told = named.slice(0, MAX_PEOPLE).map((person) => ({ ...person, reasons: rows.filter(({ userId }) => userId === person.userId).map((row) => describeRole(row, person.name, found, scope)) }));
    return { people: told, total: named.length };
  });
}
