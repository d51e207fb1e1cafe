import { describe, expect, it } from "vitest";
import { KeptCode } from "./kept-code";

const MINUTE = 60_000;

function browser() {
  const kept = new Map<string, string>();
  const storage = { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => void kept.set(key, value), removeItem: (key: string) => void kept.delete(key) };
  return { page: () => new KeptCode(() => storage) };
}

describe("the code of an invitation", () => {
  it("is kept while somebody signs in, and not for whoever comes later", () => {
    const { page } = browser();
    expect(page().read("", 0)).toBeNull();
    expect(page().read("a-code", MINUTE)).toBe("a-code");
    expect(page().read("", 15 * MINUTE)).toBe("a-code");
    expect(page().read("", 16 * MINUTE)).toBeNull();
  });

  it("is kept from when somebody leaves for signing in, however long the invitation was open", () => {
    const { page } = browser();
    const join = page();
    join.read("a-code", 0);
    join.keep(40 * MINUTE);
    expect(page().read("", 54 * MINUTE)).toBe("a-code");
    expect(page().read("", 55 * MINUTE)).toBeNull();
  });

  it("stays on a page that has read it, and is gone once it was used", () => {
    const { page } = browser();
    page().read("a-code", 0);
    const back = page();
    expect(back.read("", MINUTE)).toBe("a-code");
    expect(back.read("", 60 * MINUTE)).toBe("a-code");
    back.drop();
    expect(page().read("", MINUTE)).toBeNull();
  });

  it("gives way to that of another invitation", () => {
    const { page } = browser();
    const join = page();
    join.read("a-code", 0);
    expect(join.read("other", MINUTE)).toBe("other");
    expect(page().read("", 2 * MINUTE)).toBe("other");
  });
});
