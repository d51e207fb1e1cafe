/** Just enough of the tar format (ustar) for an archive that `tar` can open: regular files below 8 GiB. */
const BLOCK = 512;
const NAME_BYTES = 100;
const MODE = "0000600";

export class ArchiveError extends Error {
  override name = "ArchiveError";
}

export function tarHeader(name: string, size: number, modified: Date): Buffer {
  if (Buffer.byteLength(name) > NAME_BYTES) throw new ArchiveError(`"${name}" is too long a name for the archive.`);
  const header = Buffer.alloc(BLOCK);
  header.write(name, 0, "utf8");
  header.write(`${MODE}\0${octal(0, 7)}\0${octal(0, 7)}\0`, 100, "ascii");
  header.write(`${octal(size, 11)}\0${octal(Math.floor(modified.getTime() / 1000), 11)}\0`, 124, "ascii");
  header.write("0", 156, "ascii");
  header.write("ustar\x0000", 257, "ascii");
  header.write(`${octal(checksum(header), 6)}\0 `, 148, "ascii");
  return header;
}

export function tarPadding(size: number): Buffer {
  return Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);
}

export const TAR_END = Buffer.alloc(2 * BLOCK);

export interface TarEntry {
  name: string;
  size: number;
  /** To be read to its end before the next entry. */
  content: AsyncIterable<Buffer>;
}

/** The entries of a tar stream, in order. */
export async function* readTar(chunks: AsyncIterable<Buffer>): AsyncGenerator<TarEntry> {
  const source = new ByteSource(chunks);
  for (;;) {
    const header = await source.take(BLOCK);
    if (header === null || header.every((byte) => byte === 0)) return;
    const stored = Number.parseInt(textAt(header, 148, 8), 8);
    if (checksum(header) !== stored) throw new ArchiveError("The file is damaged or is not a backup: an entry's checksum is wrong.");
    const size = Number.parseInt(textAt(header, 124, 12), 8);
    const entry = { name: textAt(header, 0, NAME_BYTES), size, left: size };
    const content = source.stream(entry);
    yield { name: entry.name, size, content };
    for await (const _rest of source.stream(entry)) continue;
    await source.take(tarPadding(size).length);
  }
}

class ByteSource {
  private readonly chunks: AsyncIterator<Buffer>;
  private buffered: Buffer = Buffer.alloc(0);

  constructor(chunks: AsyncIterable<Buffer>) {
    this.chunks = chunks[Symbol.asyncIterator]();
  }

  /** Exactly so many bytes; null at the very end of the stream. */
  async take(count: number): Promise<Buffer | null> {
    while (this.buffered.length < count) {
      const next = await this.chunks.next();
      if (next.done) {
        if (this.buffered.length === 0) return null;
        throw new ArchiveError("The file ends in the middle of an entry.");
      }
      this.buffered = this.buffered.length === 0 ? next.value : Buffer.concat([this.buffered, next.value]);
    }
    const taken = this.buffered.subarray(0, count);
    this.buffered = this.buffered.subarray(count);
    return taken;
  }

  async *stream(entry: { left: number }): AsyncGenerator<Buffer> {
    while (entry.left > 0) {
      if (this.buffered.length === 0 && (await this.fill()) === false) throw new ArchiveError("The file ends in the middle of an entry.");
      const part = this.buffered.subarray(0, entry.left);
      this.buffered = this.buffered.subarray(part.length);
      entry.left -= part.length;
      yield part;
    }
  }

  private async fill(): Promise<boolean> {
    const next = await this.chunks.next();
    if (!next.done) this.buffered = next.value;
    return !next.done;
  }
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, "0");
}

function checksum(header: Buffer): number {
  let sum = 0;
  for (let i = 0; i < BLOCK; i += 1) sum += i >= 148 && i < 156 ? 0x20 : header[i]!;
  return sum;
}

function textAt(header: Buffer, start: number, length: number): string {
  const field = header.subarray(start, start + length);
  const end = field.indexOf(0);
  return field.subarray(0, end === -1 ? length : end).toString("utf8").trim();
}
