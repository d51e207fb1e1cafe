import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { keepClip, takeClip } from "@/components/builder/kept-clip";
import { forgetOwn } from "@/components/data/own-storage";
import { browserShelf } from "./draft-shelf";
import { lastInputOf } from "./last-input";

/** As browsers have it: its keys are those of the object. */
class Places {
  [key: string]: unknown;
  getItem(key: string) {
    return Object.hasOwn(this, key) ? (this[key] as string) : null;
  }
  setItem(key: string, value: string) {
    this[key] = value;
  }
  removeItem(key: string) {
    delete this[key];
  }
}

beforeEach(() => {
  const localStorage = new Places();
  vi.stubGlobal("localStorage", localStorage);
  vi.stubGlobal("window", { localStorage });
  vi.stubGlobal("navigator", {});
});
afterEach(() => vi.unstubAllGlobals());

const draft = { text: '{"schema":1}', revision: 3, at: 1, base: { schema: 1 } };
const schema = { properties: { password: { type: "string", format: "password" } } };

it("shows nobody what somebody else left in the browser, and keeps it for its author", async () => {
  lastInputOf("ann", "flow").remember({ name: "Ann", password: "hunter2" }, schema);
  browserShelf("ann", "flow").put(draft);
  keepClip("ann", "steps");

  expect(lastInputOf("bob", "flow").read()).toBeUndefined();
  const bobs = browserShelf("bob", "flow");
  expect(bobs.read()).toBeNull();
  expect(await takeClip("bob")).toBe("");
  bobs.put({ ...draft, text: "{}" });
  bobs.clear();

  expect(browserShelf("ann", "flow").read()).toEqual(draft);
  expect(lastInputOf("ann", "flow").read()).toEqual({ name: "Ann" });
  expect(await takeClip("ann")).toBe("steps");
  expect(JSON.stringify(localStorage)).not.toContain("hunter2");
});

it("forgets inputs and copied steps at a sign-out, those of earlier releases too, and no unsaved text", () => {
  lastInputOf("ann", "flow").remember({ name: "Ann" }, schema);
  keepClip("ann", "steps");
  browserShelf("ann", "flow").put(draft);
  for (const old of ["millrace-input:flow", "millrace:copied-steps", "millrace-theme"]) localStorage.setItem(old, "old");
  forgetOwn();
  expect(Object.keys(localStorage).toSorted()).toEqual(["millrace-draft:ann:flow:shared", "millrace-draft:ann:flow:shared/base", "millrace-theme"]);
  expect(browserShelf("ann", "flow").read()).toEqual(draft);
});
