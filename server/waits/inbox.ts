import type { z } from "zod";
import { type Held, rolesHeld } from "@/server/auth/roles-held";
import type { Scope } from "@/server/auth/scope";
import { decodePlace, encodePlace, pageFrom, type Place } from "@/server/db/keyset";
import type { Tx } from "@/server/db/scoped";
import { isNamed } from "@/server/nodes/approval/named";
import type { Page } from "@/server/paging/contract";
import type { WaitSummary } from "@/server/runs/contract";
import { toGiven } from "./answers";
import type { answeredPageSchema, myWaitsInput, waitCountsSchema } from "./contract";
import { hasStarted, startersOf } from "./four-eyes";
import { findAnswered, findOpenApprovals, waitingRuns, type WaitRow } from "./queries";
import { approvalOf, toWaitSummary } from "./views";

interface Context {
  scope: Scope;
}
type PageInput = z.output<typeof myWaitsInput>;

/** How many approvals are looked at for one page of a person's inbox. */
const LOOKED_AT = 500;

export async function summarize(tx: Tx, waits: WaitRow[]): Promise<WaitSummary[]> {
  const runs = await waitingRuns(tx, waits.map(({ runId }) => runId));
  return waits.map((wait) => toWaitSummary(wait, runs.get(wait.runId)));
}

export const placeOf = ({ openedAt, id }: WaitRow): Place => ({ at: openedAt, id });

/** Also by access to a part of the workspace, from a scope that reaches further. */
export function mayAnswerAt(scope: Scope, held: Held): boolean {
  return scope.can("wait:answer") || (scope.reach("wait:answer") !== null && held.permissions.has("wait:answer"));
}

/** The open approvals from a place on, and which of them this person may answer and has not answered. */
async function sortOpen(tx: Tx, scope: Scope, place: Place | null) {
  const { userId } = scope;
  const person = userId === null ? null : await tx.user.findFirst({ where: { id: userId }, select: { email: true } });
  const waits = await findOpenApprovals(tx, place, LOOKED_AT);
  const runs = await waitingRuns(tx, waits.map(({ runId }) => runId));
  const held = await rolesHeld(tx, userId === null ? [] : [userId], [...runs.values()].flatMap(({ workflow }) => workflow?.id ?? []));
  const answered = userId === null ? [] : await tx.waitResponse.findMany({ where: { userId, waitId: { in: waits.map(({ id }) => id) } }, select: { waitId: true } });
  const done = new Set(answered.map(({ waitId }) => waitId));
  const starters = await startersOf(tx, waits);
  const isMine = (wait: WaitRow) => {
    const here = held(userId, runs.get(wait.runId)?.workflow?.id ?? null);
    return mayAnswerAt(scope, here) && !done.has(wait.id) && isNamed(approvalOf(wait).approvers, person?.email ?? null, here.names) && !hasStarted(starters, wait, { userId, email: null });
  };
  return { waits, isMine };
}

async function listOpen({ scope }: Context, { cursor, limit }: PageInput, mine: boolean): Promise<Page<WaitSummary>> {
  return scope.db.transaction(async (tx) => {
    const { waits, isMine } = await sortOpen(tx, scope, decodePlace(cursor));
    const wanted = waits.filter((wait) => isMine(wait) === mine);
    const last = wanted.length > limit ? wanted[limit - 1] : waits.length === LOOKED_AT ? waits.at(-1) : undefined;
    return { items: await summarize(tx, wanted.slice(0, limit)), nextCursor: last === undefined ? null : encodePlace(placeOf(last)) };
  });
}

/** Open approvals that this person may answer and has not answered. */
export function listMyWaits(context: Context, input: PageInput): Promise<Page<WaitSummary>> {
  return listOpen(context, input, true);
}

/** Open approvals that somebody else has to answer. */
export function listOthersWaits(context: Context, input: PageInput): Promise<Page<WaitSummary>> {
  return listOpen(context, input, false);
}

export function countOpenWaits({ scope }: Context): Promise<z.output<typeof waitCountsSchema>> {
  return scope.db.transaction(async (tx) => {
    const { waits, isMine } = await sortOpen(tx, scope, null);
    const mine = waits.filter(isMine).length;
    return { mine, others: waits.length - mine, atLeast: waits.length === LOOKED_AT };
  });
}

/** What this person answered, the newest answer first. */
export function listAnsweredWaits({ scope }: Context, { cursor, limit }: PageInput): Promise<z.output<typeof answeredPageSchema>> {
  const { userId } = scope;
  if (userId === null) return Promise.resolve({ items: [], nextCursor: null });
  return scope.db.transaction(async (tx) => {
    const rows = await findAnswered(tx, userId, decodePlace(cursor), limit + 1);
    const runs = await waitingRuns(tx, rows.map(({ wait }) => wait.runId));
    return pageFrom(rows, limit, ({ answeredAt, id }) => ({ at: answeredAt, id }), (row) => {
      const { decision, comment, at } = toGiven(row);
      return { ...toWaitSummary(row.wait, runs.get(row.wait.runId)), answer: { decision, comment, at } };
    });
  });
}
