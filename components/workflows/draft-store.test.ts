import { describe, expect, it } from "vitest";
import { DraftStore, type SaveResult } from "./draft-store";
import type { KeptDraft } from "./draft-shelf";
import { parseDraft, printDraft } from "./draft-text";

const saved = { nodes: [], edges: [] };
const mine = { nodes: [{ id: "mine" }], edges: [] };
const theirs = { nodes: [{ id: "theirs" }], edges: [] };

function setUp({ kept = null as KeptDraft | null, results = [] as SaveResult[] } = {}) {
  const shelf = { kept };
  const calls: { definition: unknown; revision: number }[] = [];
  const store = new DraftStore(
    { definition: saved, revision: 4 },
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
    expect(shelf.kept).toEqual({ text: printDraft(mine), revision: 4, at: 1_000 });
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
