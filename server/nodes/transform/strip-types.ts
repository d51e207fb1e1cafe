import { transform } from "sucrase";

export type Stripped = { ok: true; code: string } | { ok: false; message: string; line: number };

/** Function bodies may hold `return` and `await`; the parser wants to see the function around them. */
const HEAD = "async () => {\n";
const TAIL = "\n}";

/** Removes types, keeping every line where it was. Nothing is checked. */
export function stripTypes(source: string): Stripped {
  try {
    const { code } = transform(HEAD + source + TAIL, { transforms: ["typescript"], disableESTransforms: true, keepUnusedImports: true });
    return { ok: true, code: code.slice(HEAD.length, code.length - TAIL.length) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const position = /\((\d+):\d+\)\s*$/.exec(message);
    return { ok: false, message: message.replace(/\s*\(\d+:\d+\)\s*$/, "").replace(/^Error transforming : /, ""), line: position ? Number(position[1]) - 1 : 1 };
  }
}
