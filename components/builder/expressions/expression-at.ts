import { parseTemplate } from "@/server/expressions/template";

/** Where in a text an expression stands, or begins without an end. Offsets of what is between the braces. */
export interface ExpressionSpan {
  from: number;
  to: number;
}

/** The expression around a place in a text; null in the text beside expressions. */
export function expressionAt(text: string, offset: number): ExpressionSpan | null {
  const parsed = parseTemplate(text);
  if (parsed.ok) {
    for (const [index, part] of parsed.parts.entries()) {
      if (part.kind === "text") continue;
      const end = parsed.parts[index + 1]?.offset ?? text.length;
      const closing = text.lastIndexOf("}}", end);
      if (offset >= part.offset + 2 && offset <= closing) return { from: part.offset + 2, to: closing };
    }
    return null;
  }
  return spanBeingWritten(text, offset);
}

/** In a text that does not parse yet: the last braces that are open at the place. */
function spanBeingWritten(text: string, offset: number): ExpressionSpan | null {
  let opening = text.lastIndexOf("{{", Math.max(0, offset - 2));
  while (opening > 0 && text[opening - 1] === "\\") opening = text.lastIndexOf("{{", opening - 1);
  if (opening === -1 || opening + 2 > offset) return null;
  if (text.slice(opening + 2, offset).includes("}}")) return null;
  const closing = text.indexOf("}}", offset);
  const next = text.indexOf("{{", offset);
  const isClosed = closing !== -1 && (next === -1 || closing < next);
  return { from: opening + 2, to: isClosed ? closing : text.length };
}

/** What new steps begin with, such as `{{ true }}` and `{{ [] }}`. */
const CONSTANT = /^\s*\{\{\s*(?:true|false|null|\[\s*\]|-?\d+(?:\.\d+)?|""|'')\s*\}\}\s*$/;

/** Puts a reference where the cursor stands, with braces where there are none, and in place of a mere constant. Answers the new text and the cursor behind it. */
export function insertReference(text: string, from: number, to: number, reference: string): { text: string; cursor: number } {
  if (CONSTANT.test(text)) return { text: `{{ ${reference} }}`, cursor: reference.length + 3 };
  const span = expressionAt(text, from);
  const isBlank = span !== null && text.slice(span.from, span.to).trim() === "";
  const added = span === null ? `{{ ${reference} }}` : isBlank ? ` ${reference} ` : reference;
  const [start, end] = span !== null && isBlank ? [span.from, span.to] : [from, to];
  return { text: text.slice(0, start) + added + text.slice(end), cursor: start + added.length };
}
