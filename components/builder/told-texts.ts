const MOST = 200;

/**
 * What a form told of its value and has not seen come back. No state of React: the draft comes back in a drawing of its own,
 * which may pass by what the same key changed in the form.
 */
export class ToldTexts {
  #texts: readonly string[] = [];

  note(text: string): void {
    this.#texts = [...this.#texts, text].slice(-MOST);
  }

  has(text: string): boolean {
    return this.#texts.includes(text);
  }

  /** It came back: what was told before it does not come any more. */
  settle(text: string): void {
    this.#texts = this.#texts.slice(this.#texts.lastIndexOf(text) + 1);
  }
}
