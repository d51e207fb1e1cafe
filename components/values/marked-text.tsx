const MARKS_MAX = 1_000;

/** A text as it is, with what was looked for marked. */
export function MarkedText({ text, query }: { text: string; query: string }) {
  return <pre className="font-mono text-xs leading-5 break-words whitespace-pre-wrap">{query.trim() === "" ? text : partsOf(text, query.trim()).map((part, index) => (index % 2 === 0 ? part : <mark key={index} className="rounded-sm bg-warning/40 text-inherit">{part}</mark>))}</pre>;
}

/** Every second part is what was looked for, whatever the case of its letters. */
function partsOf(text: string, query: string): string[] {
  const pattern = new RegExp(`(${query.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")})`, "gi");
  const parts = text.split(pattern);
  return parts.length <= MARKS_MAX * 2 ? parts : [...parts.slice(0, MARKS_MAX * 2), parts.slice(MARKS_MAX * 2).join("")];
}
