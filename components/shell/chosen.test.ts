import { describe, expect, it } from "vitest";
import { choose, type Chosen, lookAt, NONE_CHOSEN, unchoose, withoutGone } from "./chosen";

const item = (id: string, status = "queued") => ({ id, status });
const of = (...ids: string[]): Chosen<ReturnType<typeof item>> => choose(NONE_CHOSEN, ids.map((id) => item(id)), 10).chosen;
const idsOf = (items: readonly { id: string }[]) => items.map(({ id }) => id);

describe("what is chosen in a list", () => {
  it("stays chosen when the list shows other things, and is told apart", () => {
    const { items, hidden } = lookAt(of("a", "b", "c"), [item("x"), item("c"), item("a")]);
    expect(idsOf(items)).toEqual(["c", "a", "b"]);
    expect(idsOf(hidden)).toEqual(["b"]);
  });

  it("is known as the list shows it now, else as it was last seen", () => {
    const { items } = lookAt(of("a", "b"), [item("a", "failed")]);
    expect(items).toEqual([item("a", "failed"), item("b")]);
  });

  it("is no more than can be done at once, and those that are chosen already count once", () => {
    const { chosen, left } = choose(of("a", "b"), ["b", "c", "d", "e"].map((id) => item(id)), 3);
    expect([...chosen.keys()]).toEqual(["a", "b", "c"]);
    expect(left).toBe(2);
  });

  it("is no more what was asked for and not found, and is known as it was found", () => {
    const left = withoutGone(of("a", "b", "c"), ["b", "c"], [item("c", "failed")]);
    expect([...left.values()]).toEqual([item("a"), item("c", "failed")]);
  });

  it("is dropped by name, and nothing else is", () => {
    const before = of("a", "b", "c");
    expect([...unchoose(before, idsOf(lookAt(before, [item("b")]).hidden)).keys()]).toEqual(["b"]);
    expect(before.size).toBe(3);
  });
});
