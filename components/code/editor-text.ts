import { ToldTexts } from "@/components/builder/told-texts";

/** Which of the two goes on when the text of a field and that of its editor differ: what was typed, or what the field says. */
export class EditorText {
  readonly #told = new ToldTexts();

  /** A key may come before the editor has seen its field's text again. */
  begins(text: string): void {
    this.#told.note(text);
  }

  typed(text: string): void {
    this.#told.note(text);
  }

  /** Writes what the field says into the editor, which holds `held`, unless it is what was typed here, come back. */
  sees(text: string, held: string, write: () => void): void {
    const isOwn = this.#told.has(text);
    this.#told.settle(text);
    if (isOwn || held === text) return;
    write();
    // That told the field its own text.
    this.#told.settle(text);
  }
}
