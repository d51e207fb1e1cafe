import { describe, expect, it } from "vitest";
import { nodeSchema } from "@/server/engine/definition";
import { SETTINGS_GROUPS, settingsSchemaOf } from "./step-settings";

/** Set elsewhere: by the canvas, the head of the inspector and the form of the kind. */
const ELSEWHERE = ["id", "kind", "kindVersion", "name", "parent", "config", "position", "size", "collapsed"];

describe("settings of a step", () => {
  it("are all in the form, each with its hint and in one group", () => {
    const fields = Object.keys(nodeSchema.shape).filter((name) => !ELSEWHERE.includes(name)).toSorted();
    const properties = settingsSchemaOf({ id: "a", kind: "http" }).properties as Record<string, { description?: string }>;
    expect(Object.keys(properties).toSorted()).toEqual(fields);
    expect(SETTINGS_GROUPS.flatMap(({ names }) => names).toSorted()).toEqual(fields);
    expect(Object.entries(properties).filter(([, { description }]) => description === undefined)).toEqual([]);
  });

  it("leave out the time limit of an attempt that only waits, but for one to take away", () => {
    const names = (kind: string, more: { timeoutSeconds?: number } = {}) => Object.keys(settingsSchemaOf({ id: "a", kind, ...more }).properties as object);
    expect(["delay", "wait.signal", "approval", "subworkflow", "module"].filter((kind) => names(kind).includes("timeoutSeconds"))).toEqual([]);
    expect(names("subworkflow")).toContain("retry");
    expect(names("delay", { timeoutSeconds: 5 })).toContain("timeoutSeconds");
  });
});
