import { expect, it } from "vitest";
import type { RunSummary } from "@/server/runs/contract";
import { actOnAll, NOT_BEGUN, type AllRuns, type Progress } from "./act-on-all";

const run = (id: string, status = "failed") => ({ id, status }) as RunSummary;
const PAGES = [[run("9"), run("8", "succeeded")], [], [run("7"), run("6")], [run("5")]];

function all(change: Partial<AllRuns> = {}) {
  const acted: string[][] = [];
  const told: Progress[] = [];
  const source: AllRuns = {
    list: (cursor) => Promise.resolve({ items: PAGES[Number(cursor ?? 0)]!, nextCursor: Number(cursor ?? 0) + 1 < PAGES.length ? String(Number(cursor ?? 0) + 1) : null }),
    isMeant: ({ status }) => status === "failed",
    act: (ids) => (acted.push(ids), Promise.resolve(ids.map((id) => (id === "6" ? "is no more" : null)))),
    isStopped: () => false,
    onProgress: (progress) => told.push(progress),
    ...change,
  };
  return { source, acted, told };
}

it("goes through every page, pages without any run too, and counts what was refused", async () => {
  const { source, acted, told } = all();
  expect(await actOnAll(source, NOT_BEGUN)).toEqual({ seen: 5, done: 3, refusals: new Map([["is no more", 1]]), cursor: null, isAtEnd: true });
  expect(acted).toEqual([["9"], ["7", "6"], ["5"]]);
  expect(told.map(({ seen }) => seen)).toEqual([2, 2, 4, 5]);
});

it("goes on where it was stopped, or where the connection was lost, and does nothing twice", async () => {
  let stop = false;
  const { source, acted, told } = all({ isStopped: () => stop });
  const half = await actOnAll({ ...source, onProgress: () => void (stop = true) }, NOT_BEGUN);
  expect(half).toMatchObject({ seen: 2, cursor: "1", isAtEnd: false });
  stop = false;
  const list: AllRuns["list"] = (cursor) => (cursor === "3" ? Promise.reject(new Error("offline")) : source.list(cursor));
  await expect(actOnAll({ ...source, list }, half)).rejects.toThrow("offline");
  expect(await actOnAll(source, told.at(-1)!)).toMatchObject({ seen: 5, done: 3, isAtEnd: true });
  expect(acted).toEqual([["9"], ["7", "6"], ["5"]]);
});
