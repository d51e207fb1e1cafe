import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { type MailSink, openMailSink } from "@/server/alerts/testing/sinks";
import { deliverSignInMails } from "@/server/auth/mail/deliver";
import { closeConnections, rawDb } from "@/server/db/client";
import { makePerson } from "@/server/testing/factories";
import { recheckDomains } from "./service";
import { makeCompany } from "./testing/organization";

let mail: MailSink;
beforeAll(async () => {
  mail = await openMailSink();
  process.env.SMTP_URL = `smtp://127.0.0.1:${mail.port}`;
});
afterAll(async () => {
  await mail.close();
  await closeConnections();
});

it("tells owners and admins of an organization without a workspace by mail that a record is gone", async () => {
  const { organization, domain } = await makeCompany();
  const { organizationId } = organization;
  const [admin, member] = [await makePerson(organizationId, "admin"), await makePerson(organizationId, "member")];
  await rawDb().workspace.updateMany({ where: { organizationId }, data: { deletedAt: new Date() } });
  await rawDb().ssoDomain.updateMany({ where: { organizationId }, data: { checkedAt: new Date(0) } });
  await recheckDomains(() => Promise.resolve([["something else"]]));
  await deliverSignInMails();
  const heard = (email: string) => mail.mails.filter(({ to, subject }) => (to as { text: string } | undefined)?.text === email && subject?.includes(domain));
  await vi.waitFor(() => expect(heard(admin.email)).toHaveLength(1), 60_000);
  expect(heard(admin.email)[0]!.text).toContain("/organizations");
  expect(heard(member.email)).toHaveLength(0);
});
