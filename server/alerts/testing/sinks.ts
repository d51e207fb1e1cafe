import http from "node:http";
import type { AddressInfo } from "node:net";
import { simpleParser, type ParsedMail } from "mailparser";
import { SMTPServer } from "smtp-server";

export interface MailSink {
  port: number;
  mails: ParsedMail[];
  close(): Promise<void>;
}

/** A mail server that keeps what it gets. */
export async function openMailSink(options: { user?: string; password?: string } = {}): Promise<MailSink> {
  const mails: ParsedMail[] = [];
  const { user, password } = options;
  const server = new SMTPServer({
    authOptional: user === undefined,
    disabledCommands: user === undefined ? ["STARTTLS", "AUTH"] : ["STARTTLS"],
    allowInsecureAuth: true,
    onAuth: (auth, _session, done) => (auth.username === user && auth.password === password ? done(null, { user: auth.username }) : done(new Error("wrong password"))),
    onData: (stream, _session, done) => {
      simpleParser(stream).then((mail) => {
        mails.push(mail);
        done();
      }, done);
    },
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  return { port: (server.server.address() as AddressInfo).port, mails, close: () => new Promise((resolve) => server.close(() => resolve())) };
}

export interface HookSink {
  url: string;
  requests: { headers: http.IncomingHttpHeaders; body: string }[];
  /** Statuses of the next answers; afterwards 200. */
  answers: number[];
  close(): Promise<void>;
}

/** A web server that keeps what is sent to it. */
export async function openHookSink(): Promise<HookSink> {
  const sink: HookSink = { url: "", requests: [], answers: [], close: () => Promise.resolve() };
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      sink.requests.push({ headers: request.headers, body: Buffer.concat(chunks).toString("utf8") });
      response.writeHead(sink.answers.shift() ?? 200).end("hea\0rd");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  sink.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  sink.close = () => new Promise((resolve) => server.close(() => resolve()));
  return sink;
}
