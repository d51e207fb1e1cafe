import type { Readable } from "node:stream";
import type pg from "pg";

/** What the driver has and does not declare. */
interface ReplicationConnection {
  on(event: "copyData", handle: (message: { chunk: Buffer }) => void): void;
  sendCopyFromChunk(chunk: Buffer): void;
  stream: Readable;
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
const MANY = 1_000;
const FEW = 200;
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
  #flushed = 0n;
  #timer: NodeJS.Timeout;

  constructor(private readonly client: pg.Client) {
    this.#connection = (client as unknown as { connection: ReplicationConnection }).connection;
    this.#connection.on("copyData", ({ chunk }) => this.#receive(chunk));
    client.on("end", () => this.end(new Error("the server closed the connection")));
    client.on("error", (error) => this.end(error));
    this.#timer = setInterval(() => this.#sendStatus(), STATUS_MS);
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
      if (this.#queue.length < FEW && this.#connection.stream.isPaused()) this.#connection.stream.resume();
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
    if (chunk[0] === XLOG_DATA) this.#queue.push({ lsn: chunk.readBigUInt64BE(1), data: Buffer.from(chunk.subarray(25)) });
    else if (chunk[0] === KEEPALIVE) {
      this.#queue.push({ lsn: chunk.readBigUInt64BE(1), data: null });
      if (chunk[17] === 1) this.#sendStatus();
    }
    if (this.#queue.length > MANY) this.#connection.stream.pause();
    this.#wake?.();
  }

  #sendStatus(): void {
    // Nothing is acknowledged by 0: the server keeps what it knows.
    if (this.#ended !== null) return;
    const status = Buffer.alloc(34);
    status[0] = STATUS;
    for (const at of [1, 9, 17]) status.writeBigUInt64BE(this.#flushed, at);
    status.writeBigInt64BE(BigInt(Date.now() - EPOCH_2000_MS) * 1_000n, 25);
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
