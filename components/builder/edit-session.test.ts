import { describe, expect, it } from "vitest";
import { DraftStore } from "@/components/workflows/draft-store";
import { printDraft } from "@/components/workflows/draft-text";
import { changeNode } from "./change-node";
import type { Draft } from "./draft";
import { EditSession } from "./edit-session";
import { insertNode } from "./insert-node";
import { removeNodes } from "./remove-nodes";
import { EMPTY } from "./testing/random-edits";

function setUp() {
  const clock = { now: 0 };
  const store = new DraftStore(
    { definition: { ...EMPTY }, revision: 1 },
    {
      save: async (_definition, revision) => ({ ok: true, revision: revision + 1 }),
      validate: async () => [],
      shelf: { read: () => null, put: () => undefined, clear: () => undefined },
      now: () => clock.now,
    },
  );
  const session = new EditSession(store, () => clock.now);
  session.subscribe(() => undefined);
  const add = (kind: string) => session.apply(`add ${kind}`, (draft) => insertNode(draft, kind, { at: "port", from: "start", port: "out" }).draft);
  const ids = () => session.read().draft?.nodes.map(({ id }) => id);
  return { store, session, clock, add, ids };
}

describe("EditSession", () => {
  it("undoes and redoes edits of the canvas, and the store follows", () => {
    const { store, session, add, ids } = setUp();
    const before = store.read().text;
    add("set");
    expect(store.read()).toMatchObject({ isDirty: true });
    expect(session.read()).toMatchObject({ undoLabel: "add set", redoLabel: null });
    session.undo();
    expect(store.read()).toMatchObject({ text: before, isDirty: false });
    session.redo();
    expect(ids()).toEqual(["start", "set"]);
  });

  it("takes back the edit that a toast tells of, and leaves what was done since", () => {
    const { session, add, ids } = setUp();
    add("set");
    session.apply("delete", (draft) => removeNodes(draft, ["set"]));
    const takeBack = session.taker();
    session.apply("change name", (draft) => changeNode(draft, "start", { name: "Begin" }), "start/name");
    expect(takeBack()).toBe(true);
    expect(ids()).toEqual(["start", "set"]);
    expect(session.read().draft).toMatchObject({ nodes: [{ id: "start", name: "Begin" }, { id: "set" }], edges: [{ from: "start", to: "set" }] });
    // It is an edit as any other.
    session.undo();
    expect(ids()).toEqual(["start"]);
  });

  it("takes back the newest edit as undo does", () => {
    const { session, add, ids } = setUp();
    add("set");
    session.taker()();
    expect(ids()).toEqual(["start"]);
    expect(session.read()).toMatchObject({ undoLabel: null, redoLabel: "add set" });
  });

  it("takes typing in one field as one step", () => {
    const { session, clock } = setUp();
    for (const name of ["a", "ab", "abc"]) {
      clock.now += 300;
      session.apply("change name", (draft) => changeNode(draft, "start", { name }), "start/name");
    }
    clock.now += 5_000;
    session.apply("change name", (draft) => changeNode(draft, "start", { name: "later" }), "start/name");
    session.undo();
    expect(session.read().draft?.nodes[0]?.name).toBe("abc");
    session.undo();
    expect(session.read().draft?.nodes[0]).not.toHaveProperty("name");
  });

  it("undoes edits of the text, and does not draw a text that is no JSON", () => {
    const { store, session, add, ids } = setUp();
    add("set");
    store.edit(printDraft({ schema: 1, nodes: [], edges: [] }));
    expect(ids()).toEqual([]);
    store.edit("{");
    expect(session.read().draft).toBeNull();
    session.apply("nothing", () => EMPTY);
    store.edit(printDraft({ schema: 1, nodes: [], edges: [] }));
    session.undo();
    expect(ids()).toEqual(["start", "set"]);
  });

  it("takes back its own steps only, after edits came from elsewhere", () => {
    const { store, session, add, ids } = setUp();
    add("set");
    add("log");
    session.undo();
    const theirs = insertNode(EMPTY, "delay", { at: "free" }).draft;
    store.receive({ definition: { ...theirs }, revision: 2 });
    expect(ids()?.toSorted()).toEqual(["delay", "set", "start"]);
    expect(session.read()).toMatchObject({ undoLabel: "add set", redoLabel: "add log", isOwn: true });
    session.undo();
    expect(ids()).toEqual(["start", "delay"]);
    expect(store.read().isDirty).toBe(false);
    session.redo();
    session.redo();
    expect(ids()?.toSorted()).toEqual(["delay", "log", "set", "start"]);
  });

  it("gives its own step another id when somebody else took that one, in its history too", () => {
    const { store, session, add, ids } = setUp();
    add("set");
    session.apply("change name", (draft) => changeNode(draft, "set", { name: "Mine" }));
    const theirs = changeNode(insertNode(EMPTY, "set", { at: "free" }).draft, "set", { name: "Theirs" });
    store.receive({ definition: { ...theirs }, revision: 2 });
    const names = () => session.read().draft?.nodes.map(({ id, name }) => `${id} ${name}`).toSorted();
    expect(names()).toEqual(["set Theirs", "set_2 Mine", "start undefined"]);
    session.undo();
    session.undo();
    expect(ids()).toEqual(["start", "set"]);
    expect(names()).toEqual(["set Theirs", "start undefined"]);
  });
});

describe("typing", () => {
  it("becomes an edit when it rests, and before anything else happens", () => {
    const { store, session, add, ids } = setUp();
    add("set");
    const type = (text: string) => session.applySoon("type", (draft) => changeNode(draft, "set", { notes: text }), "set/notes");
    const notes = () => session.read().draft?.nodes.find(({ id }) => id === "set")?.notes;
    type("a");
    type("ab");
    expect(notes()).toBeUndefined();
    add("log");
    expect(notes()).toBe("ab");
    expect(ids()).toEqual(["start", "set", "log"]);
    type("abc");
    session.undo();
    expect(notes()).toBe("ab");
    session.redo();
    expect(notes()).toBe("abc");
    type("abcd");
    session.flush();
    expect(store.read().text).toContain("abcd");
  });

  it("that has not rested yet stands beside what somebody else did to another field of the step", () => {
    const { store, session, add } = setUp();
    add("set");
    const config = (values: Record<string, unknown>) => (draft: Draft) => changeNode(draft, "set", { config: { values } });
    session.apply("change the setup", config({ mine: "a", theirs: "b" }));
    const saved = session.read().draft!;
    store.receive({ definition: { ...saved }, revision: 2 });
    session.applySoon("type", config({ mine: "typed", theirs: "b" }), "set/config");
    store.receive({ definition: { ...config({ mine: "a", theirs: "changed" })(saved) }, revision: 3 });
    session.flush();
    expect(session.read().draft?.nodes.find(({ id }) => id === "set")?.config).toEqual({ values: { mine: "typed", theirs: "changed" } });
  });
});
