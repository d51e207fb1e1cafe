import { describe, expect, it } from "vitest";
import { Entered } from "./entered";

const control = (attributes: Record<string, string> = {}, value?: string) => ({ id: attributes.id ?? "", isConnected: true, value, textContent: "" as string | null, getAttribute: (name: string) => attributes[name] ?? null });

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

  it("is also what was chosen in a select, which is another element once it is opened", () => {
    const entered = new Entered();
    const closed = control({ role: "combobox", id: "role", "data-value": "viewer" }, "");
    entered.visit(closed);
    closed.isConnected = false;
    const state = { role: "combobox", id: "role", "data-value": "viewer" };
    entered.visit(control(state, ""));
    expect(entered.isSomething).toBe(false);
    state["data-value"] = "admin";
    expect(entered.isSomething).toBe(true);

    const late = new Entered();
    const button = control({ role: "combobox", id: "role", "data-value": "viewer" }, "");
    late.visit(button);
    button.isConnected = false;
    late.visit(control(state, ""));
    expect(late.isSomething).toBe(true);
  });

  it("is not the name of a chosen thing that comes late, and nothing that was saved", () => {
    const entered = new Entered();
    const select = control({ role: "combobox", "data-value": "one" }, "");
    entered.visit(select);
    select.textContent = "The first";
    expect(entered.isSomething).toBe(false);

    const name = control({ id: "name" }, "");
    entered.visit(name);
    name.value = "typed";
    expect(entered.isSomething).toBe(true);
    entered.forget();
    expect(entered.isSomething).toBe(false);
  });
});
