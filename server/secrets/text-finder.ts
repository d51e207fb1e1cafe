/** So many first characters of a text choose where it is looked for. */
export const HEAD_LENGTH = 4;
const SLOTS = 65_536;

/**
 * Replaces many texts in one pass over a source, at each place the longest that stands there. No regular expression: beyond
 * some size there can be none, and the error that says so quotes it, secrets and all.
 */
export class TextFinder {
  readonly #bySlot = new Map<number, string[]>();
  #begun: Set<string> | undefined;
  readonly #isTaken = new Uint8Array(SLOTS);

  /** Keys have at least `HEAD_LENGTH` characters. */
  constructor(private readonly replacements: ReadonlyMap<string, string>) {
    for (const text of [...replacements.keys()].sort((one, other) => other.length - one.length)) {
      const slot = slotAt(text, 0);
      this.#isTaken[slot] = 1;
      const others = this.#bySlot.get(slot);
      if (others === undefined) this.#bySlot.set(slot, [text]);
      else others.push(text);
    }
  }

  replaceIn(source: string): string {
    return this.replace(source, false).text;
  }

  /** The same for a text that goes on: `rest` is the end of it which may be the beginning of one of the texts, and begins what comes next. */
  replaceBegun(source: string): { text: string; rest: string } {
    this.#begun ??= new Set([...this.replacements.keys()].flatMap((text) => [text.slice(0, 1), text.slice(0, 2), text.slice(0, 3)]));
    return this.replace(source, true);
  }

  private replace(source: string, goesOn: boolean): { text: string; rest: string } {
    let replaced = "";
    let kept = 0;
    for (let index = 0; index < source.length; index++) {
      if (source.length - index < HEAD_LENGTH) {
        if (!goesOn) break;
        if (!this.#begun!.has(source.slice(index))) continue;
        return { text: replaced + source.slice(kept, index), rest: source.slice(index) };
      }
      const slot = slotAt(source, index);
      if (this.#isTaken[slot] === 0) continue;
      const texts = this.#bySlot.get(slot) ?? [];
      if (goesOn && texts.some((text) => text.length > source.length - index && text.startsWith(source.slice(index)))) {
        return { text: replaced + source.slice(kept, index), rest: source.slice(index) };
      }
      const found = texts.find((text) => source.startsWith(text, index));
      if (found === undefined) continue;
      replaced += source.slice(kept, index) + (this.replacements.get(found) ?? "");
      kept = index + found.length;
      index = kept - 1;
    }
    return { text: kept === 0 ? source : replaced + source.slice(kept), rest: "" };
  }
}

function slotAt(text: string, index: number): number {
  return ((text.charCodeAt(index) << 9) ^ (text.charCodeAt(index + 1) << 6) ^ (text.charCodeAt(index + 2) << 3) ^ text.charCodeAt(index + 3)) & (SLOTS - 1);
}
