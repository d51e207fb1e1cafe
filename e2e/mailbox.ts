import { simpleParser, type ParsedMail } from "mailparser";
import { SMTPServer } from "smtp-server";
import { test } from "./session";

/** The mail server that the installation is told of (`SMTP_URL` in playwright.config.ts), for the tests of the calling file. Answers what came in. */
export function receiveMails(): ParsedMail[] {
  const mails: ParsedMail[] = [];
  let server: SMTPServer;
  test.beforeAll(async () => {
    server = new SMTPServer({
      authOptional: true,
      disabledCommands: ["STARTTLS", "AUTH"],
      onData: (stream, _session, done) => {
        simpleParser(stream).then((mail) => {
          mails.push(mail);
          done();
        }, done);
      },
    });
    await new Promise<void>((resolve) => server.listen(Number(process.env.E2E_SMTP_PORT), "127.0.0.1", () => resolve()));
  });
  test.afterAll(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return mails;
}
