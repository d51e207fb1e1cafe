/** So much of what stands before a place is told with it. */
const CONTEXT_CHARACTERS = 200;

export interface Found {
  /** Bytes before the place. */
  at: number;
  /** Bytes before what is told of it: it begins a little earlier. */
  start: number;
}

/** The first place at or after a byte where a text that comes in pieces says something, in whatever case; never more of it in memory than a piece. */
export async function findText(content: AsyncIterable<Uint8Array>, said: string, from: number): Promise<Found | null> {
  const wanted = folded(said);
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  let piece = "";
  /** Bytes before the piece. */
  let before = 0;
  for await (const bytes of content) {
    piece += decoder.decode(bytes, { stream: true });
    const found = placeIn(piece, wanted, from - before);
    if (found !== null) return { at: before + bytesOf(piece, found), start: before + bytesOf(piece, wholeAt(piece, found - CONTEXT_CHARACTERS)) };
    const cut = wholeAt(piece, piece.length - CONTEXT_CHARACTERS - wanted.length);
    before += bytesOf(piece, cut);
    piece = piece.slice(cut);
  }
  return null;
}

function placeIn(piece: string, wanted: string, fromByte: number): number | null {
  if (Buffer.byteLength(piece) <= fromByte) return null;
  const text = folded(piece);
  for (let at = text.indexOf(wanted); at !== -1; at = text.indexOf(wanted, at + 1)) if (fromByte <= 0 || bytesOf(piece, at) >= fromByte) return at;
  return null;
}

/** Places stay the same: a text that would become longer or shorter is taken as it is. */
function folded(text: string): string {
  const lower = text.toLowerCase();
  return lower.length === text.length ? lower : text;
}

function bytesOf(text: string, end: number): number {
  return Buffer.byteLength(text.slice(0, end));
}

/** Not between the two halves of a character. */
function wholeAt(text: string, index: number): number {
  const at = Math.max(0, index);
  return /[\uDC00-\uDFFF]/.test(text[at] ?? "") ? Math.max(0, at - 1) : at;
}
