import type { Readable } from "node:stream";
import type pg from "pg";

/** What the driver has and does not declare. */
interface ReplicationConnection {
  on(event: "copyData", handle: (message: { chunk: Buffer }) => void): void;
  sendCopyFromChunk(chunk: Buffer): void;
  stream: Readable & { bytesRead: number };
}

export interface WalMessage {
  /** Place in the server's log. */
  lsn: bigint;
  /** Null: the server only says how far it has come. */
  data: Buffer | null;
}

const XLOG_DATA = 0x77;
const KEEPALIVE = 0x6b;
const STATUS = 0x72;
const STATUS_MS = 10_000;
/** The server answers each status; one that says nothing for so long is gone. */
const SILENT_MS = 60_000;
const MANY = 1_000;
const FEW = 200;
const MANY_BYTES = 16 * 1_048_576;
const FEW_BYTES = 4 * 1_048_576;
/** PostgreSQL counts microseconds from the start of 2000. */
const EPOCH_2000_MS = 946_684_800_000;

/**
 * Messages of a replication slot, one after the other. The library's own service is not used: it acknowledges on a timer what it
 * has merely received, and goes on after an error.
 */
export class WalStream {
  readonly #connection: ReplicationConnection;
  readonly #queue: WalMessage[] = [];
  #wake: (() => void) | null = null;
  #ended: Error | null = null;
  #bytes = 0;
  #heard = { bytes: 0, at: performance.now() };
  #flushed = 0n;
  #timer: NodeJS.Timeout;

  constructor(private readonly client: pg.Client) {
    this.#connection = (client as unknown as { connection: ReplicationConnection }).connection;
    this.#connection.on("copyData", ({ chunk }) => this.#receive(chunk));
    client.on("end", () => this.end(new Error("the server closed the connection")));
    client.on("error", (error) => this.end(error));
    this.#timer = setInterval(() => this.#look(), STATUS_MS);
  }

  /** From where the slot was acknowledged last. */
  start(slot: string, publication: string): void {
    const begin = `START_REPLICATION SLOT ${this.client.escapeIdentifier(slot)} LOGICAL 0/0 (proto_version '1', publication_names '${publication}')`;
    // Ends when the stream does.
    this.client.query(begin).then(
      () => this.end(new Error("the server ended the stream")),
      (error: Error) => this.end(error),
    );
  }

  end(why: Error): void {
    this.#ended ??= why;
    clearInterval(this.#timer);
    this.#wake?.();
  }

  /** Throws when the stream has ended. */
  async next(): Promise<WalMessage> {
    for (;;) {
      if (this.#ended !== null) throw this.#ended;
      const message = this.#queue.shift();
      this.#bytes -= message?.data?.length ?? 0;
      if (this.#queue.length < FEW && this.#bytes < FEW_BYTES && this.#connection.stream.isPaused()) this.#connection.stream.resume();
      if (message !== undefined) return message;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** Everything before `lsn` is durable here: the server may forget it. */
  acknowledge(lsn: bigint): void {
    if (lsn <= this.#flushed) return;
    this.#flushed = lsn;
    this.#sendStatus();
  }

  #receive(chunk: Buffer): void {
    if (chunk[0] === XLOG_DATA) {
      const data = Buffer.from(chunk.subarray(25));
      this.#bytes += data.length;
      this.#queue.push({ lsn: chunk.readBigUInt64BE(1), data });
    }
    if (chunk[0] === KEEPALIVE) {
      this.#queue.push({ lsn: chunk.readBigUInt64BE(1), data: null });
      if (chunk[17] === 1) this.#sendStatus();
    }
    if (this.#queue.length > MANY || this.#bytes > MANY_BYTES) this.#connection.stream.pause();
    this.#wake?.();
  }

  /** Part of a large row counts as a word; what is not read says nothing. */
  #look(): void {
    const { bytesRead } = this.#connection.stream;
    if (bytesRead !== this.#heard.bytes || this.#connection.stream.isPaused()) this.#heard = { bytes: bytesRead, at: performance.now() };
    if (performance.now() - this.#heard.at >= SILENT_MS) this.end(new Error(`the server has said nothing for ${SILENT_MS / 1_000} s`));
    this.#sendStatus(true);
  }

  #sendStatus(wantsAnswer = false): void {
    // Nothing is acknowledged by 0: the server keeps what it knows.
    if (this.#ended !== null) return;
    const status = Buffer.alloc(34);
    status[0] = STATUS;
    for (const at of [1, 9, 17]) status.writeBigUInt64BE(this.#flushed, at);
    status.writeBigInt64BE(BigInt(Date.now() - EPOCH_2000_MS) * 1_000n, 25);
    status[33] = wantsAnswer ? 1 : 0;
    this.#connection.sendCopyFromChunk(status);
  }
}

export function lsnText(lsn: bigint): string {
  return `${(lsn >> 32n).toString(16).toUpperCase()}/${(lsn & 0xffffffffn).toString(16).toUpperCase()}`;
}

export function parseLsn(text: string): bigint {
  const [high = "0", low = "0"] = text.split("/");
  return (BigInt(`0x${high}`) << 32n) | BigInt(`0x${low}`);
}
