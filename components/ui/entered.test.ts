import { describe, expect, it } from "vitest";
import { Entered } from "./entered";

const control = (attributes: Record<string, string> = {}, value?: string) => ({ isConnected: true, value, textContent: "" as string | null, getAttribute: (name: string) => attributes[name] ?? null });

describe("what was entered in a dialog", () => {
  it("is nothing where fields were only looked at, or hold what they held", () => {
    const entered = new Entered();
    const name = control({}, "Ann");
    entered.visit(name);
    expect(entered.isSomething).toBe(false);
    name.value = "Bob";
    expect(entered.isSomething).toBe(true);
    name.value = "Ann";
    expect(entered.isSomething).toBe(false);
  });

  it("is also what was switched or chosen, and what stood in a part that is not shown any more", () => {
    const state = { "aria-checked": "false" };
    const entered = new Entered();
    entered.visit(control(state));
    state["aria-checked"] = "true";
    expect(entered.isSomething).toBe(true);

    const wizard = new Entered();
    const first = control({}, "");
    wizard.visit(first);
    first.value = "typed";
    wizard.visit(control({}, ""));
    first.isConnected = false;
    expect(wizard.isSomething).toBe(true);

    const chosen = new Entered();
    const select = { ...control({ role: "combobox" }, ""), textContent: "viewer" };
    chosen.visit(select);
    select.textContent = "admin";
    expect(chosen.isSomething).toBe(true);
  });
});
