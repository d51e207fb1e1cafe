import http from "node:http";
import type { AddressInfo } from "node:net";

interface Stored {
  messageId: string;
  data: string;
  attributes: Record<string, string>;
  orderingKey?: string;
  publishTime: string;
  /** Until when somebody has it; after that it is delivered again. */
  heldUntil: number;
  ackId: string;
  deliveries: number;
}

/**
 * The part of the Pub/Sub REST API (v1) that a subscriber uses: pull, acknowledge, modifyAckDeadline, with redelivery after the
 * deadline. There is no emulator of it in a package registry, Google's own comes with its command line tools.
 */
export class PubsubServer {
  readonly acknowledged: string[] = [];
  readonly tokens = new Set<string>();
  /** Messages that somebody asked to keep for longer, and until when (milliseconds since 1970). */
  readonly prolonged: { messageId: string; until: number }[] = [];
  deadlineMs = 2_000;
  /** Refuses whoever does not say this; null: everybody may. */
  allowed: ((authorization: string | undefined) => boolean) | null = null;
  #messages: Stored[] = [];
  #count = 0;
  #server: http.Server | undefined;

  constructor(readonly subscription: string) {}

  get port(): number {
    return (this.#server?.address() as AddressInfo).port;
  }

  async start(): Promise<this> {
    this.#server = http.createServer((request, response) => {
      void this.#answer(request).then(({ status, body }) => {
        response.writeHead(status, { "content-type": "application/json" });
        response.end(JSON.stringify(body));
      });
    });
    await new Promise<void>((resolve) => this.#server?.listen(0, "127.0.0.1", resolve));
    return this;
  }

  async stop(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise((resolve) => this.#server?.close(resolve));
  }

  publish(data: string | Uint8Array, { attributes = {}, orderingKey }: { attributes?: Record<string, string>; orderingKey?: string } = {}): string {
    const messageId = String(++this.#count);
    this.#messages.push({ messageId, data: Buffer.from(data).toString("base64"), attributes, orderingKey, publishTime: new Date().toISOString(), heldUntil: 0, ackId: "", deliveries: 0 });
    return messageId;
  }

  get left(): number {
    return this.#messages.length;
  }

  async #answer(request: http.IncomingMessage): Promise<{ status: number; body: unknown }> {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = JSON.parse(Buffer.concat(parts).toString("utf8") || "{}") as { maxMessages?: number; ackIds?: string[]; ackDeadlineSeconds?: number; returnImmediately?: boolean };
    if (this.allowed !== null && !this.allowed(request.headers.authorization)) return problem(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.");
    const [, name, call] = /^\/v1\/(projects\/.+):(\w+)$/.exec(decodeURIComponent(pathname)) ?? [];
    if (name !== this.subscription) return problem(404, "NOT_FOUND", `Resource not found (resource=${name ?? ""}).`);
    switch (call) {
      case "pull":
        return { status: 200, body: await this.#pull(body.maxMessages ?? 1, body.returnImmediately === true, request) };
      case "acknowledge":
        for (const ackId of body.ackIds ?? []) this.#acknowledge(ackId);
        return { status: 200, body: {} };
      case "modifyAckDeadline":
        for (const message of this.#messages) if ((body.ackIds ?? []).includes(message.ackId)) this.#prolong(message, body.ackDeadlineSeconds ?? 0);
        return { status: 200, body: {} };
      default:
        return problem(404, "NOT_FOUND", "There is no such method.");
    }
  }

  async #pull(most: number, atOnce: boolean, request: http.IncomingMessage): Promise<unknown> {
    for (let n = 0; n < 200 && !request.socket.destroyed; n++) {
      const ready = this.#messages.filter(({ heldUntil }) => heldUntil <= Date.now()).slice(0, most);
      if (ready.length > 0) return { receivedMessages: ready.map((message) => this.#deliver(message)) };
      if (atOnce) return {};
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return {};
  }

  #deliver(message: Stored): unknown {
    message.heldUntil = Date.now() + this.deadlineMs;
    message.deliveries += 1;
    message.ackId = `${message.messageId}-${message.deliveries}`;
    const { messageId, data, attributes, orderingKey, publishTime, ackId } = message;
    return { ackId, message: { messageId, data, attributes, publishTime, ...(orderingKey === undefined ? {} : { orderingKey }) } };
  }

  #prolong(message: Stored, seconds: number): void {
    message.heldUntil = Date.now() + seconds * 1_000;
    this.prolonged.push({ messageId: message.messageId, until: message.heldUntil });
  }

  /** How often each message that is left was given to somebody. */
  get deliveries(): number[] {
    return this.#messages.map(({ deliveries }) => deliveries);
  }

  /** An id that is no longer valid acknowledges nothing. */
  #acknowledge(ackId: string): void {
    const message = this.#messages.find((one) => one.ackId === ackId);
    if (message === undefined) return;
    this.#messages = this.#messages.filter((one) => one !== message);
    this.acknowledged.push(message.messageId);
  }
}

function problem(code: number, status: string, message: string): { status: number; body: unknown } {
  return { status: code, body: { error: { code, message, status } } };
}
