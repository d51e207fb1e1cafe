import { describe, expect, it } from "vitest";
import { noteNodeId } from "@/components/canvas/flow";
import type { Draft } from "./draft";
import { menuFor } from "./menu-commands";
import { connectionsFrom } from "./places";

const draft: Draft = {
  schema: 1,
  nodes: [
    { id: "start", kind: "trigger.manual" },
    { id: "if", kind: "if", config: { condition: "{{ true }}" } },
    { id: "log", kind: "log", disabled: true },
    { id: "each", kind: "forEach" },
    { id: "call", kind: "subworkflow", config: { workflow: "orders" } },
    { id: "any", kind: "subworkflow", config: { workflow: "{{ input.name }}" } },
    { id: "block", kind: "module", config: { module: "send", version: 2 } },
  ],
  edges: [],
  annotations: [{ id: "note", text: "", position: { x: 0, y: 0 }, size: { width: 200, height: 100 } }],
};

const commands = (nodes: string[], edges: string[] = []) => menuFor(draft, nodes, edges).flat().map(({ command }) => command);
const label = (nodes: string[], wanted: string) => menuFor(draft, nodes, []).flat().find(({ command }) => command === wanted)?.label;

describe("menuFor", () => {
  it("offers without any key what can be done with a step", () => {
    expect(commands(["if"])).toEqual(["rename", "connect", "move", "disable", "duplicate", "copy", "cut", "paste", "remove"]);
    expect(commands(["each"])).toContain("fold");
    expect(commands(["start"])).not.toContain("move");
    expect([label(["if"], "disable"), label(["log"], "disable"), label(["log", "if"], "disable")]).toEqual(["Disable", "Enable", "Disable"]);
  });

  it("leads into what a step starts, or what it is made of", () => {
    expect([label(["call"], "open"), label(["block"], "open")]).toEqual(["Open the workflow", "Open the block"]);
    for (const nodes of [["any"], ["if"], ["call", "block"]]) expect(commands(nodes)).not.toContain("open");
  });

  it("offers for several what they all can", () => {
    expect(commands(["if", "log"])).not.toContain("rename");
    expect(label(["if", "log"], "connect")).toBe("Connect with each other");
    expect(label(["if", noteNodeId("note")], "remove")).toBe("Delete and connect the rest");
  });

  it("knows notes, connections and the empty canvas", () => {
    expect(commands([noteNodeId("note")])).toEqual(["rename", "duplicate", "copy", "cut", "paste", "remove"]);
    expect(commands([], ["edge-0"])).toEqual(["add", "paste", "remove"]);
    expect(commands([])).toEqual(["add", "note", "paste", "selectAll", "arrange", "fit"]);
  });

  it("shows the key of what has one", () => {
    const keys = new Map(menuFor(draft, ["if"], []).flat().map((entry) => [entry.command, entry.keys]));
    expect([keys.get("remove"), keys.get("duplicate"), keys.get("copy")]).toEqual(["Delete", "Mod D", "Mod C"]);
  });
});

describe("connectionsFrom", () => {
  it("names every way from a branch to another step", () => {
    expect(connectionsFrom(draft, "if").filter(({ connection }) => connection.to === "log").map(({ label: text }) => text)).toEqual(["true → log", "false → log"]);
  });
});
