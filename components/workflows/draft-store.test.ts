import { describe, expect, it } from "vitest";
import { DraftStore, type SaveResult, type ServerDraft } from "./draft-store";
import type { KeptDraft } from "./draft-shelf";
import { parseDraft, printDraft } from "./draft-text";

const saved = { nodes: [], edges: [] };
const mine = { nodes: [{ id: "mine" }], edges: [] };
const theirs = { nodes: [{ id: "theirs" }], edges: [] };

function setUp({ kept = null as KeptDraft | null, results = [] as SaveResult[], server = { definition: saved, revision: 4 } as ServerDraft } = {}) {
  const shelf = { kept };
  const calls: { definition: unknown; revision: number }[] = [];
  const store = new DraftStore(
    server,
    {
      save: async (definition, revision) => {
        calls.push({ definition, revision });
        return results.shift() ?? { ok: true, revision: revision + 1 };
      },
      validate: async () => [],
      shelf: { read: () => shelf.kept, put: (draft) => void (shelf.kept = draft), clear: () => void (shelf.kept = null) },
      now: () => 1_000,
    },
  );
  return { store, shelf, calls };
}

describe("DraftStore", () => {
  it("keeps unsaved text on the shelf until the server has it", async () => {
    const { store, shelf, calls } = setUp();
    store.edit(printDraft(mine));
    expect(shelf.kept).toEqual({ text: printDraft(mine), revision: 4, base: saved, at: 1_000 });
    expect(await store.save()).toBe(true);
    expect(calls).toEqual([{ definition: mine, revision: 4 }]);
    expect(shelf.kept).toBeNull();
    expect(store.read()).toMatchObject({ isDirty: false, failure: null });
    expect(store.revision).toBe(5);
  });

  it("restores text that was left unsaved", () => {
    const { store } = setUp({ kept: { text: printDraft(mine), revision: 4, at: 77 } });
    expect(store.read()).toMatchObject({ text: printDraft(mine), definition: mine, isDirty: true, restoredFrom: 77, conflict: null });
    expect(store.takeTheirs()).toBe(printDraft(mine));
    expect(store.read()).toMatchObject({ text: printDraft(saved), isDirty: false, restoredFrom: null });
  });

  it("shows a conflict when the restored text began from an older draft", async () => {
    const { store, calls } = setUp({ kept: { text: printDraft(mine), revision: 2, at: 77 } });
    expect(store.read().conflict).toEqual({ definition: saved, revision: 4 });
    expect(await store.save()).toBe(false);
    store.keepMine();
    expect(await store.save()).toBe(true);
    expect(calls).toEqual([{ definition: mine, revision: 4 }]);
  });

  it("leaves the choice when someone else saved in between", async () => {
    const { store, shelf } = setUp({ results: [{ ok: false, conflict: true }] });
    store.edit(printDraft(mine));
    expect(await store.save()).toBe(false);
    store.receive({ definition: theirs, revision: 5 });
    expect(store.read()).toMatchObject({ conflict: { definition: theirs, revision: 5 }, text: printDraft(mine) });
    expect(shelf.kept).not.toBeNull();
    store.takeTheirs();
    expect(store.read()).toMatchObject({ text: printDraft(theirs), definition: theirs, isDirty: false, conflict: null });
  });

  it("takes over a change of someone else when nothing is unsaved, and ignores older news", () => {
    const { store } = setUp();
    store.receive({ definition: theirs, revision: 6 });
    expect(store.read()).toMatchObject({ definition: theirs, isDirty: false });
    store.receive({ definition: mine, revision: 5 });
    expect(store.read().definition).toEqual(theirs);
  });

  describe("with steps and connections on both sides", () => {
    const step = (id: string, name: string) => ({ id, kind: "set", name });
    const draft = (...names: string[]) => ({ nodes: names.map((name, index) => step(`step${index}`, name)), edges: [] });
    const begin = () => {
      const made = setUp();
      made.store.receive({ definition: draft("one", "two"), revision: 5 });
      return made;
    };
    const by = { id: "7", name: "Grace" };

    it("merges edits of different steps, tells of them, and saves over the newer draft", async () => {
      const { store, calls } = begin();
      const heard: string[][] = [];
      store.onIncoming(({ news }) => heard.push([...news.changed]));
      store.replace(draft("mine", "two"));
      store.receive({ definition: draft("one", "theirs"), revision: 6, draftUpdatedBy: by });
      expect(store.read()).toMatchObject({ definition: draft("mine", "theirs"), isDirty: true, conflicts: [], conflict: null });
      expect(heard).toEqual([["theirs"]]);
      expect(await store.save()).toBe(true);
      expect(calls.at(-1)).toEqual({ definition: draft("mine", "theirs"), revision: 6 });
    });

    it("asks about a field that both changed, saves nothing before, and takes either answer", async () => {
      for (const choice of ["mine", "theirs"]) {
        const { store, calls, shelf } = begin();
        store.replace(draft("mine", "two"));
        store.receive({ definition: draft("theirs", "new"), revision: 6, draftUpdatedBy: by });
        expect(store.read()).toMatchObject({ definition: draft("mine", "new"), other: by });
        const [conflict] = store.read().conflicts;
        expect(conflict).toMatchObject({ name: "mine", kind: "changed", fields: [{ path: ["name"], base: "one", mine: "mine", theirs: "theirs" }] });
        expect(await store.save()).toBe(false);
        expect(calls).toEqual([]);
        expect(shelf.kept).toMatchObject({ text: printDraft(draft("mine", "new")), base: draft("one", "new") });
        if (choice === "mine") store.keepMine(conflict);
        else store.replace(store.withTheirs(store.read().definition, conflict!));
        expect(store.read()).toMatchObject({ conflicts: [], definition: draft(choice, "new"), isDirty: choice === "mine" });
        expect(await store.save()).toBe(true);
        expect(calls).toEqual(choice === "mine" ? [{ definition: draft("mine", "new"), revision: 6 }] : []);
      }
    });

    it("asks again after the page was closed in between", () => {
      const first = begin();
      first.store.replace(draft("mine", "two"));
      first.store.receive({ definition: draft("theirs", "new"), revision: 6 });
      const { store } = setUp({ kept: first.shelf.kept, server: { definition: draft("theirs", "new"), revision: 6 } });
      expect(store.read().conflicts).toMatchObject([{ name: "mine", kind: "changed" }]);
      expect(store.read()).toMatchObject({ definition: draft("mine", "new"), restoredFrom: 1_000 });
    });

    it("forgets a question that an edit has answered, and waits with news while text is being typed", () => {
      const { store } = begin();
      store.replace(draft("mine", "two"));
      store.receive({ definition: draft("theirs", "two"), revision: 6 });
      store.replace(draft("theirs", "two"));
      expect(store.read()).toMatchObject({ conflicts: [], isDirty: false });
      store.edit("{");
      store.receive({ definition: draft("theirs", "new"), revision: 7 });
      expect(store.read()).toMatchObject({ text: "{", conflict: null });
      store.edit(printDraft(draft("mine", "two")));
      expect(store.read()).toMatchObject({ definition: draft("mine", "new"), isDirty: true });
    });

    it("knows its own save again when the answer to it got lost", async () => {
      const { store } = setUp({ server: { definition: draft("one"), revision: 5 }, results: [{ ok: false, conflict: false, message: "gone" }] });
      store.replace(draft("one", "first"));
      await store.save();
      store.replace(draft("one", "second"));
      store.receive({ definition: draft("one", "first"), revision: 6 });
      expect(store.read()).toMatchObject({ definition: draft("one", "second"), conflicts: [], isDirty: true });
    });
  });

  it("keeps showing the last readable definition and refuses to save what is no JSON", async () => {
    const { store, calls } = setUp();
    store.edit('{"nodes": [');
    expect(store.read()).toMatchObject({ definition: saved, isDirty: true, parsed: { ok: false } });
    expect(await store.save()).toBe(false);
    expect(calls).toEqual([]);
  });

  it("stays dirty when the person typed on while it was being saved", async () => {
    const { store, shelf } = setUp();
    store.edit(printDraft(mine));
    const saving = store.save();
    store.edit(printDraft(theirs));
    expect(await saving).toBe(false);
    expect(store.read().isDirty).toBe(true);
    expect(shelf.kept).toMatchObject({ text: printDraft(theirs), revision: 5 });
  });
});

describe("parseDraft", () => {
  it("names the line", () => {
    expect(parseDraft('{\n  "nodes": [,]\n}')).toMatchObject({ ok: false, line: 2 });
    expect(parseDraft('{"nodes": [')).toMatchObject({ ok: false, line: 1 });
    expect(parseDraft("[]")).toMatchObject({ ok: false, message: expect.stringContaining("object") as string });
  });
});
