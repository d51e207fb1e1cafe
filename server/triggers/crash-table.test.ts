import fs from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { TRIGGER_KINDS } from "@/server/triggers/kinds";

const ROOT = path.resolve(import.meta.dirname, "../..");
const read = (file: string) => fs.readFileSync(path.join(ROOT, file), "utf8");

/** A crash test with what its processes and their senders are made of. */
const FILES: Record<string, readonly string[]> = {
  dispatch: ["server/triggers/dispatch.crash.test.ts"],
  facts: ["server/facts/facts.crash.test.ts"],
  ingress: ["server/ingress/ingress.crash.test.ts", "server/ingress/testing/crash-callers.ts"],
  listeners: ["server/triggers/listeners.crash.test.ts", "server/triggers/testing/crash-sources.ts"],
  polling: ["server/triggers/polling.crash.test.ts"],
};

/** What stands in place of a test, and for which kinds that may be. */
const WITHOUT: Record<string, readonly string[]> = {
  "nobody sends again what was not recorded": ["websocket", "postgres"],
  "the same statement; over the inbox as a webhook": ["route", "pubsubPush", "github"],
};

const named = (text: string) => [...text.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name);

it("the table of moments at which processes die has every kind, and tests that have its kinds and moments", () => {
  const [, table = ""] = read("docs/triggers.md").split("| Kind | between accept and record |");
  const rows = table.split("\n\n")[0]!.split("\n").slice(2).map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()));
  expect(rows.flatMap(([kinds = ""]) => named(kinds)).sort()).toEqual(Object.keys(TRIGGER_KINDS).sort());
  for (const [kinds = "", ...moments] of rows) {
    expect(moments).toHaveLength(3);
    for (const moment of moments) {
      if (moment in WITHOUT) expect(WITHOUT[moment], moment).toEqual(named(kinds));
      else expectTested(named(kinds), named(moment));
    }
  }
});

/** `names`: tests, each followed by its crash points. */
function expectTested(kinds: readonly string[], names: readonly string[]): void {
  let text = "";
  let tested = 0;
  for (const name of names) {
    if (name in FILES) {
      text = FILES[name]!.map(read).join("\n");
      for (const kind of kinds) expect(text, `${name} has ${kind}`).toMatch(new RegExp(`"(trigger\\.)?${kind}"`));
    } else {
      expect(text, name).toMatch(new RegExp(`"${name}(:\\d+)?"`));
      tested += 1;
    }
  }
  expect(tested, `moments of ${kinds.join(", ")}`).toBeGreaterThan(0);
}
