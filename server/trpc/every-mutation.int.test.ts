import fs from "node:fs";
import { TRPCError } from "@trpc/server";
import { afterAll, describe, expect, it } from "vitest";
import { createSession, findSession, type Session } from "@/server/auth/session";
import { closeConnections, rawDb } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { contextFor } from "./context";
import { appRouter, createCaller } from "./root";
import { ACCOUNT, inputsOf, makeOwned, makeOwner, NAMELESS, PLATFORM, procedures } from "./testing/walk";
import { PREPARED, OUTSIDE, SILENT } from "./testing/walk-mutations";

afterAll(closeConnections);

const isMutation = (name: string) => (appRouter._def.procedures as unknown as Record<string, { _def: { type: string } }>)[name]!._def.type === "mutation";
const mutations = procedures.filter(isMutation);
const FROM = { ip: "192.0.2.1", userAgent: "walk" };
/** Worlds that are made at the same time. */
const AT_ONCE = 4;
/** The installation has one stream: what changes it does so one after the other. */
const isOfOneStream = (name: string) => name.startsWith("platformAudit.");

function callWith(session: Session, slug: string, requestId: string, name: string, input: unknown): Promise<unknown> {
  const [group, verb] = name.split(".") as [string, string];
  const caller = createCaller(contextFor(() => Promise.resolve(session), slug, { ...FROM, requestId })) as unknown as Record<string, Record<string, (input: unknown) => Promise<unknown>>>;
  return caller[group]![verb]!(input);
}

/** One mutation by somebody who may do everything, in a world of its own: what came of it, and the entries that it left. */
async function tryOut(name: string): Promise<{ code: string; entries: { action: string; ip: string | null; userAgent: string | null }[] }> {
  const owner = await makeOwner();
  const owned = await makeOwned(owner);
  const session = (await findSession(await createSession(owner.userId!)))!;
  if (name in PLATFORM || name in PREPARED) await rawDb().platformAdmin.create({ data: { userId: owner.userId! } });
  const call = (other: string, input: unknown) => callWith(session, owner.workspace.slug, newId(), other, input);
  const prepare = PREPARED[name];
  const input = prepare !== undefined ? await prepare({ owner, owned, call }) : (inputsOf(owned)[name] ?? NAMELESS[name] ?? ACCOUNT[name] ?? PLATFORM[name]);
  const requestId = newId();
  const code = await callWith(session, owner.workspace.slug, requestId, name, input).then(() => "OK", (error: unknown) => {
    if (error instanceof TRPCError) return `${error.code}: ${error.message}`;
    throw error;
  });
  return { code, entries: await rawDb().auditEvent.findMany({ where: { requestId }, orderBy: { id: "asc" }, select: { action: true, ip: true, userAgent: true } }) };
}

describe("every mutation", () => {
  it("that is excepted, or prepared, is one", () => {
    const known = [...Object.keys(SILENT), ...Object.keys(PREPARED), ...Object.keys(OUTSIDE)];
    expect(known.filter((name) => !mutations.includes(name))).toEqual([]);
    for (const [name, [file, action]] of Object.entries(OUTSIDE)) expect([name, fs.readFileSync(file, "utf8").includes(`"${action}"`)]).toEqual([name, true]);
  });

  it("leaves an entry that says from where and by which request", async () => {
    const wanted = mutations.filter((name) => !(name in SILENT) && !(name in OUTSIDE));
    const [alone, others] = [wanted.filter(isOfOneStream), wanted.filter((name) => !isOfOneStream(name))];
    const wrong: [string, string, unknown][] = [];
    const work = async (queue: string[]) => {
      for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
        const { code, entries } = await tryOut(name);
        if (code !== "OK" || entries.length === 0 || entries.some(({ ip, userAgent }) => ip !== FROM.ip || userAgent !== FROM.userAgent)) wrong.push([name, code, entries]);
      }
    };
    await Promise.all([work(alone), ...Array.from({ length: AT_ONCE }, () => work(others))]);
    expect(wrong).toEqual([]);
  }, 300_000);
});
