import { expect, it } from "vitest";
import type { Draft } from "@/components/builder/draft";
import { mergeDrafts } from "./merge-drafts";

type Node = Draft["nodes"][number];

const start: Node = { id: "start", kind: "trigger.manual" };
const log: Node = { id: "log", kind: "log", config: { message: "x" } };
const lies = (parent: string) => ({ parent: { id: parent, slot: "body" } });
const loop = (id: string, parent?: string): Node => ({ id, kind: "forEach", config: { items: "{{ [1] }}" }, ...(parent === undefined ? {} : lies(parent)) });
const step = (id: string, parent: string): Node => ({ ...log, id, ...lies(parent) });
const draft = (nodes: Node[], edges: Draft["edges"] = []): Draft => ({ schema: 1, nodes, edges });
const ids = ({ nodes }: Draft) => nodes.map(({ id }) => id).toSorted();

it("asks nobody about a condition of a connection whose step the other one deleted, and tells that it is lost", () => {
  const base = draft([start, log], [{ from: "start", to: "log" }]);
  const changed = draft([start, log], [{ from: "start", to: "log", when: "{{ input.ok }}" }]);
  const without = draft([log]);
  const mine = mergeDrafts(base, changed, without);
  expect([mine.merged.edges, mine.conflicts, mine.lost]).toEqual([[], [], [{ edge: changed.edges[0], by: "me", missing: "start" }]]);
  const theirs = mergeDrafts(base, without, changed);
  expect([theirs.merged.edges, theirs.conflicts, theirs.lost]).toEqual([[], [], [{ edge: changed.edges[0], by: "them", missing: "start" }]]);
});

it("keeps of a frame that they deleted only what still lies in it", () => {
  const base = draft([loop("outer"), step("a", "outer"), loop("inner", "outer"), step("b", "inner")]);
  const mine = draft([loop("outer"), { ...step("a", "outer"), name: "Mine" }, loop("inner", "outer"), step("b", "inner")]);
  const theirs = draft([loop("other"), loop("inner", "other")]);
  const { merged, ground, conflicts } = mergeDrafts(base, mine, theirs);
  expect([ids(merged), conflicts.length]).toEqual([["a", "inner", "other", "outer"], 2]);
  expect(ids(mergeDrafts(ground, merged, theirs).merged)).toEqual(ids(merged));
});
