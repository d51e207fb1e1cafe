import { expect, it } from "vitest";
import { EditorText } from "./editor-text";

/** A field and its editor, whose effects come when the test says so. */
class Field {
  held: string;
  #text = new EditorText();

  constructor(public said: string) {
    this.held = said;
    this.#text.begins(said);
  }

  type(keys: string): void {
    this.#change(this.held + keys);
  }

  /** The effect of a drawing in which the field said so. */
  draw(said = this.said): void {
    this.#text.sees(said, this.held, () => this.#change(said));
  }

  setElsewhere(text: string): void {
    this.said = text;
    this.draw();
  }

  #change(text: string): void {
    this.held = text;
    this.#text.typed(text);
    this.said = text;
  }
}

it("keeps a key that is typed before the editor has seen what it began with", () => {
  const field = new Field("a");
  field.type("b");
  field.draw("a");
  expect([field.held, field.said]).toEqual(["ab", "ab"]);
});

it("keeps what was typed since, while what was typed before comes back", () => {
  const field = new Field("");
  field.draw();
  for (const key of "abc") field.type(key);
  for (const said of ["a", "ab", "abc"]) field.draw(said);
  expect(field.held).toBe("abc");
});

it("shows what is set elsewhere, also what it was set to before", () => {
  const field = new Field("a");
  field.draw();
  for (const text of ["undone", "redone", "undone", "a"]) {
    field.setElsewhere(text);
    expect(field.held).toBe(text);
  }
});
