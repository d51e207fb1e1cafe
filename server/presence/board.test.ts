import { describe, expect, it } from "vitest";
import { PRESENCE_KEPT_MS, PresenceBoard, type PresenceNotice } from "./board";

function setUp() {
  const clock = { now: 0 };
  const board = new PresenceBoard(() => clock.now);
  const say = (page: string, more: Partial<PresenceNotice> = {}) =>
    board.hear({ workspaceId: "w", workflowId: "f", page, user: { id: page, name: `Person ${page}` }, nodeId: null, gone: false, ...more });
  const shown = () => board.read("w", "f").map(({ page, nodeId }) => `${page} ${nodeId ?? "-"}`);
  return { clock, board, say, shown };
}

describe("PresenceBoard", () => {
  it("tells only of what others can see: who comes, goes, and selects another step", () => {
    const { say, shown } = setUp();
    expect([say("b"), say("a"), say("a"), say("a", { nodeId: "fetch" })]).toEqual([true, true, false, true]);
    expect(shown()).toEqual(["a fetch", "b -"]);
    expect([say("b", { gone: true }), say("b", { gone: true })]).toEqual([true, false]);
    expect(shown()).toEqual(["a fetch"]);
  });

  it("forgets pages that fall silent, and keeps workspaces apart", () => {
    const { clock, board, say, shown } = setUp();
    say("a");
    clock.now = PRESENCE_KEPT_MS - 1;
    say("b");
    expect(board.read("other", "f")).toEqual([]);
    clock.now = PRESENCE_KEPT_MS;
    expect(shown()).toEqual(["b -"]);
    expect(board.sweep()).toMatchObject([{ workspaceId: "w", workflowId: "f" }]);
    expect(board.sweep()).toEqual([]);
  });
});
