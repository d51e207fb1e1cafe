/** What kind of JSON value a text is. */
export type JsonType = "object" | "array" | "string" | "number" | "boolean" | "null";

export interface SliceItem {
  /** Name or index within its parent. */
  key: string;
  type: JsonType;
  /** The whole JSON text; null when it is longer than the limit: ask for a slice of the item itself. */
  text: string | null;
  /** The beginning of a text that is not told whole. */
  start: string;
  characters: number;
  /** Members of an object or a list. */
  count: number | null;
}

export interface JsonSlice {
  type: JsonType;
  /** Members of an object or a list, characters of a text. */
  total: number;
  items: SliceItem[];
  /** Of a value that has no members: its part, as it is (a text without quotes and escapes). */
  text: string | null;
}

export interface SliceRequest {
  /** JSON pointer into the stored text; empty: the whole. */
  pointer: string;
  /** First member, or first character of a text. */
  from: number;
  /** Members at most; characters of a text: so many times as many as an item may have. */
  limit: number;
  /** Longest item that is told whole. */
  itemCharacters: number;
}

const START_CHARACTERS = 120;
const KEY_CHARACTERS = 10_000;

interface Frame {
  isList: boolean;
  index: number;
  key: string;
}

/**
 * Finds one place in a JSON text that comes in pieces and keeps a slice of it: the text is never whole in memory. It takes
 * the text to be JSON, which stored values are.
 */
export class JsonSlicer {
  readonly #tokens: readonly string[];
  readonly #request: SliceRequest;
  /** Containers on the way to the place, and the place itself when it is one. */
  readonly #frames: Frame[] = [];
  /** All open containers: whether each is an object. */
  readonly #open: boolean[] = [];
  #mode: "structure" | "text" | "literal" = "structure";
  /** The text that comes next, or that is being read, is a name. */
  #isName = false;
  #name = "";
  /** What follows a backslash. */
  #escape: string | null = null;
  #isPlaceScalar = false;
  #slice: JsonSlice | null = null;
  #item: SliceItem | null = null;
  #itemText = "";
  #isDone = false;

  constructor(request: SliceRequest) {
    this.#request = request;
    this.#tokens = request.pointer === "" ? [] : request.pointer.slice(1).split("/").map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"));
  }

  /** The place has been read to its end. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /** Null: there is no such place. */
  result(): JsonSlice | null {
    if (this.#mode === "literal") this.#endScalar();
    return this.#slice;
  }

  push(text: string): void {
    for (let at = 0; at < text.length && !this.#isDone; at++) {
      if (this.#mode === "text") {
        const end = this.#escape === null && !this.#isPlaceScalar ? plainEnd(text, at) : at;
        if (end > at) {
          this.#keep(text.slice(at, end));
          if (this.#isName) this.#addToName(text.slice(at, end));
          at = end - 1;
        } else this.#inText(text[at]!);
        continue;
      }
      const char = text[at]!;
      const isLiteral = this.#mode === "literal";
      if (isLiteral && !isBoundary(char)) {
        this.#inLiteral(char);
        continue;
      }
      if (isLiteral) this.#endScalar();
      if (!this.#isDone) this.#structure(char);
    }
  }

  get #isInPath(): boolean {
    return this.#open.length === this.#frames.length;
  }

  #structure(char: string): void {
    switch (char) {
      case " ":
      case "\n":
      case "\r":
      case "\t":
        return;
      case ":":
        return this.#keep(char);
      case ",":
        return this.#comma();
      case "{":
      case "[":
        this.#begin(char === "{" ? "object" : "array");
        this.#open.push(char === "{");
        this.#isName = char === "{";
        return this.#keep(char);
      case "}":
      case "]":
        return this.#close(char);
      case '"':
        if (this.#isName) this.#name = "";
        else this.#begin("string");
        this.#mode = "text";
        return this.#keep(char);
      default:
        this.#begin(char === "t" || char === "f" ? "boolean" : char === "n" ? "null" : "number");
        this.#mode = "literal";
        this.#inLiteral(char);
    }
  }

  /** A value begins. */
  #begin(type: JsonType): void {
    if (this.#item !== null) {
      if (this.#open.length === this.#frames.length + 1) this.#item.count = (this.#item.count ?? 0) + 1;
      return;
    }
    if (!this.#isInPath) return;
    const depth = this.#frames.length;
    const parent = this.#frames.at(-1);
    const key = parent === undefined ? "" : parent.isList ? String(parent.index) : parent.key;
    if (depth === this.#tokens.length + 1) this.#beginMember(key, type);
    else if (depth === 0 || this.#tokens[depth - 1] === key) this.#beginOnPath(type, depth === this.#tokens.length);
  }

  #beginOnPath(type: JsonType, isPlace: boolean): void {
    const hasMembers = type === "object" || type === "array";
    if (hasMembers) this.#frames.push({ isList: type === "array", index: 0, key: "" });
    if (!isPlace) return;
    this.#slice = { type, total: 0, items: [], text: hasMembers ? null : "" };
    this.#isPlaceScalar = !hasMembers;
  }

  #beginMember(key: string, type: JsonType): void {
    const slice = this.#slice!;
    const { from, limit } = this.#request;
    const place = slice.total++;
    if (place < from || place >= from + limit) return;
    this.#item = { key, type, text: null, start: "", characters: 0, count: type === "object" || type === "array" ? 0 : null };
    this.#itemText = "";
  }

  #comma(): void {
    this.#keep(",");
    if (this.#isInPath) this.#frames.at(-1)!.index += 1;
    this.#isName = this.#open.at(-1) === true;
  }

  #close(char: string): void {
    this.#isName = false;
    this.#keep(char);
    const isOwn = this.#isInPath;
    this.#open.pop();
    if (isOwn) {
      const depth = this.#frames.length;
      this.#frames.pop();
      if (depth === this.#tokens.length + 1) this.#isDone = true;
    } else if (this.#isInPath) this.#endItem();
  }

  #inText(char: string): void {
    this.#keep(char);
    if (this.#escape !== null) this.#inEscape(char);
    else if (char === "\\") this.#escape = "";
    else if (char === '"') this.#endText();
    else this.#character(char);
  }

  #inEscape(char: string): void {
    const escape = `${this.#escape}${char}`;
    const isWhole = escape[0] !== "u" || escape.length === 5;
    this.#escape = isWhole ? null : escape;
    if (!isWhole) return;
    if (this.#isName) this.#addToName(`\\${escape}`);
    else this.#character(JSON.parse(`"\\${escape}"`) as string);
  }

  #endText(): void {
    this.#mode = "structure";
    if (!this.#isName) return this.#endScalar();
    this.#isName = false;
    if (this.#isInPath) this.#frames.at(-1)!.key = JSON.parse(`"${this.#name}"`) as string;
  }

  #inLiteral(char: string): void {
    this.#keep(char);
    this.#character(char);
  }

  /** Of the place itself, when it is a text or a literal. */
  #character(char: string): void {
    if (!this.#isPlaceScalar) return;
    const slice = this.#slice!;
    const { from, limit, itemCharacters } = this.#request;
    if (slice.total >= from && slice.total < from + limit * itemCharacters) slice.text += char;
    slice.total += 1;
  }

  #addToName(text: string): void {
    if (this.#isInPath && this.#name.length < KEY_CHARACTERS) this.#name += text;
  }

  #endScalar(): void {
    this.#mode = "structure";
    if (this.#isPlaceScalar) this.#isDone = true;
    else if (this.#isInPath) this.#endItem();
  }

  #endItem(): void {
    const item = this.#item;
    if (item === null) return;
    const isWhole = item.characters <= this.#request.itemCharacters;
    this.#slice!.items.push({ ...item, text: isWhole ? this.#itemText : null, start: isWhole ? "" : this.#itemText.slice(0, START_CHARACTERS) });
    this.#item = null;
    this.#itemText = "";
  }

  /** Of a member that is told. */
  #keep(text: string): void {
    if (this.#item === null) return;
    this.#item.characters += text.length;
    const room = this.#request.itemCharacters - this.#itemText.length;
    if (room > 0) this.#itemText += text.slice(0, room);
  }
}

/** Where the next quote or backslash stands. */
function plainEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && text.charCodeAt(at) !== 34 && text.charCodeAt(at) !== 92) at++;
  return at;
}

function isBoundary(char: string): boolean {
  return char === "," || char === "}" || char === "]" || char === " " || char === "\n" || char === "\r" || char === "\t";
}
