import { describe, expect, it } from "vitest";
import { Shared } from "./shared";

describe("answers that are shared for a moment", () => {
  it("are made once for all who ask meanwhile, and anew afterwards", async () => {
    let now = 0;
    let made = 0;
    const shared = new Shared<number>(10, () => now);
    const ask = () => shared.get("a", 100, () => Promise.resolve(++made));
    expect(await Promise.all([ask(), ask()])).toEqual([1, 1]);
    now = 99;
    expect(await ask()).toBe(1);
    now = 100;
    expect(await ask()).toBe(2);
    expect(await shared.get("b", 100, () => Promise.resolve(7))).toBe(7);
  });

  it("do not keep a failure", async () => {
    const shared = new Shared<number>(10, () => 0);
    await expect(shared.get("a", 100, () => Promise.reject(new Error("away")))).rejects.toThrow("away");
    expect(await shared.get("a", 100, () => Promise.resolve(1))).toBe(1);
  });

  it("are bounded in number", async () => {
    const shared = new Shared<number>(2, () => 0);
    for (const key of ["a", "b", "c"]) await shared.get(key, 100, () => Promise.resolve(1));
    expect(await shared.get("a", 100, () => Promise.resolve(2))).toBe(2);
    expect(await shared.get("c", 100, () => Promise.resolve(2))).toBe(1);
  });
});
