import { parse } from "acorn";
import { visitFreeNames } from "@/server/expressions/free-names";
import { LANGUAGE, syntaxProblem } from "@/server/expressions/parse-expression";

export type CodeReferences =
  | { ok: true; names: string[] }
  | { ok: false; error: { code: "syntax"; message: string; line: number } };

/** Which of the offered names a function body reads, and whether it is a function body at all. */
export function findReferencesInCode(source: string, offered: readonly string[]): CodeReferences {
  const names = new Set<string>();
  try {
    const program = parse(source, { ...LANGUAGE, allowReturnOutsideFunction: true });
    visitFreeNames(program, ({ name }) => {
      if (offered.includes(name)) names.add(name);
    });
    return { ok: true, names: [...names] };
  } catch (error) {
    const { message, offset } = syntaxProblem(error, 0);
    return { ok: false, error: { code: "syntax", message, line: source.slice(0, offset).split("\n").length } };
  }
}
