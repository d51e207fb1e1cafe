/** What an announcement may be made of besides text. */
export type Piece = { kind: "text" | "bold" | "code"; text: string } | { kind: "link"; text: string; href: string };

const MARK = /\*\*([^*]+)\*\*|`([^`]+)`|\[([^\]]+)\]\(([^\s)]+)\)/g;
const SAFE_ADDRESS = /^(https?:\/\/|\/(?!\/))/i;

/** `**bold**`, `` `code` `` and `[links](https://…)`; all else is text as it stands, also what looks like HTML. */
export function parseLimited(source: string): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const match of source.matchAll(MARK)) {
    const [whole, bold, code, label, href] = match;
    const piece = pieceOf({ bold, code, label, href });
    if (piece === null) continue;
    if (match.index > at) pieces.push({ kind: "text", text: source.slice(at, match.index) });
    pieces.push(piece);
    at = match.index + whole.length;
  }
  if (at < source.length) pieces.push({ kind: "text", text: source.slice(at) });
  return pieces;
}

/** Null: it stays as it is written. */
function pieceOf({ bold, code, label, href }: { bold?: string | undefined; code?: string | undefined; label?: string | undefined; href?: string | undefined }): Piece | null {
  if (bold !== undefined) return { kind: "bold", text: bold };
  if (code !== undefined) return { kind: "code", text: code };
  return label !== undefined && href !== undefined && SAFE_ADDRESS.test(href) ? { kind: "link", text: label, href } : null;
}
