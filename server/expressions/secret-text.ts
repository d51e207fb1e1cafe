/** A part of a secret field: literal text, or the name of a secret still to be put in. */
export type SecretPart = string | { name: string };

/**
 * The evaluated value of a config field that mentions secrets. The values are put in by the runner, after evaluation,
 * so no expression and no stored document ever holds them. It is a class of its own because a plain text such as
 * "{{ secrets.X }}" may come from outside and must not be mistaken for a token.
 */
export class SecretText {
  constructor(readonly parts: readonly SecretPart[]) {}

  get names(): string[] {
    return [...new Set(this.parts.flatMap((part) => (typeof part === "string" ? [] : [part.name])))];
  }

  /** The finished text; `lookUp` throws for a name it does not know. */
  reveal(lookUp: (name: string) => string): string {
    return this.parts.map((part) => (typeof part === "string" ? part : lookUp(part.name))).join("");
  }

  /** What people may see: the tokens as written. */
  toString(): string {
    return this.parts.map((part) => (typeof part === "string" ? part : `{{ secrets.${part.name} }}`)).join("");
  }

  toJSON(): string {
    return this.toString();
  }
}
