import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

export interface Asked {
  method: string;
  path: string;
  headers: IncomingMessage["headers"];
  body: string;
}

export type Reply = { status: number; json: unknown };

/** An HTTP server on this machine that speaks a store's documented protocol; it remembers what it was asked. */
export class LocalServer {
  readonly asked: Asked[] = [];

  private constructor(private readonly server: Server) {}

  static async start(answer: (asked: Asked) => Reply): Promise<LocalServer> {
    const server = createServer((request, response) => {
      void text(request).then((body) => {
        const asked = { method: request.method ?? "", path: request.url ?? "", headers: request.headers, body };
        local.asked.push(asked);
        const { status, json } = answer(asked);
        response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(json));
      });
    });
    const local = new LocalServer(server);
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    return local;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): Promise<void> {
    return new Promise((stopped) => {
      this.server.close(() => stopped());
      this.server.closeAllConnections();
    });
  }
}
