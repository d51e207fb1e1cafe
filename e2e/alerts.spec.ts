import { receiveMails } from "./mailbox";
import { expect, fresh, test } from "./session";
import { expectStatus, importWorkflow, openWorkflow, outputOf, pickWorkflow, publish, startRun } from "./workflow-page";

const mails = receiveMails();

const mailTo = (address: string) => mails.find(({ to }) => (to as { text: string } | undefined)?.text === address);

test("a failed run is told of in the inbox, live, and by mail; the delivery is listed", async ({ page }) => {
  const [channel, nightly, address] = [fresh("Ops mailbox"), fresh("Nightly import"), `${fresh("ops", "-")}@example.com`];
  await page.goto("/main/settings/notifications?tab=channels");
  await page.getByRole("button", { name: "New channel" }).click();
  await page.getByLabel("Name").fill(channel);
  await page.getByLabel("Addresses").fill(address);
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("button", { name: `Send a test to ${channel}` }).click();
  await expect(page.getByText("It was sent.")).toBeVisible();
  await expect.poll(() => mailTo(address)?.subject).toContain(`A test of the channel ${channel}`);
  mails.length = 0;

  await importWorkflow(page, nightly, { schema: 1, nodes: [{ id: "fetch", kind: "fail", name: "Fetch the list", config: { message: "the list is empty" } }], edges: [] });
  await publish(page);
  await page.goto("/main/settings/notifications");
  await page.getByRole("button", { name: "New rule" }).click();
  await page.getByLabel("Name").fill(fresh("Failures of the import"));
  await page.getByLabel("About").click();
  await page.getByRole("option", { name: "A workflow", exact: true }).click();
  await pickWorkflow(page, nightly, page.getByRole("combobox", { name: /^A workflow/ }));
  await page.getByLabel("It works again").click();
  await page.getByLabel(new RegExp(`^${channel}`)).click();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("list", { name: "Rules" })).toContainText("A run failed · It works again");

  await openWorkflow(page, nightly);
  const runId = await startRun(page);
  await expectStatus(page, "Failed");
  const bell = page.getByRole("complementary").getByRole("button", { name: /^Inbox, \d+ unread$/ });
  await expect(bell).toBeVisible();
  await bell.focus();
  await page.keyboard.press("Enter");
  const item = page.getByRole("list", { name: "Newest notifications" }).getByRole("link", { name: new RegExp(`${nightly} failed`) });
  await expect(item).toContainText("Fetch the list: the list is empty");
  await expect(item).toHaveAttribute("href", `/main/runs/${runId}`);
  await expect.poll(() => mailTo(address)?.text).toContain(`/main/runs/${runId}`);

  await page.goto("/main/settings/notifications?tab=deliveries");
  await expect(page.getByRole("list", { name: "Deliveries" }).getByRole("listitem").filter({ hasText: `${nightly} failed` })).toContainText("Sent");
  await page.goto("/main/inbox");
  await page.getByRole("button", { name: "Mark all as read" }).click();
  await expect(page.getByRole("complementary").getByRole("button", { name: "Inbox", exact: true })).toBeVisible();
});

test("an approval is asked for by mail and answered by its link, once", async ({ page, browser, baseURL }) => {
  const address = `${fresh("grace", "-")}@example.com`;
  const ask = { id: "ask", kind: "approval", name: "Ask", config: { title: "Pay the invoice?", message: "Invoice 42", approvers: [address] } };
  await importWorkflow(page, fresh("Invoice"), { schema: 1, nodes: [ask], edges: [], output: "{{ steps.ask.output }}" });
  await publish(page);
  const runId = await startRun(page);
  await expectStatus(page, "Waiting");
  await expect.poll(() => mailTo(address)?.subject).toContain("Your answer is asked for: Pay the invoice?");
  const link = /https?:\S+\/a\/\S+/.exec(mailTo(address)?.text ?? "")![0];

  const beside = await page.context().newPage();
  await beside.goto(link);
  await expect(beside.getByText("This link is somebody else’s")).toBeVisible();
  await beside.close();
  const stranger = await browser.newContext({ baseURL, storageState: { cookies: [], origins: [] } });
  const theirs = await stranger.newPage();
  await theirs.goto(link);
  await expect(theirs.getByRole("heading", { name: "Pay the invoice?" })).toBeVisible();
  await expect(theirs.getByText(`This link was mailed to ${address}.`)).toBeVisible();
  await theirs.getByRole("button", { name: "Approve" }).click();
  await expect(theirs.getByRole("heading", { name: "Thank you" })).toBeVisible();
  await theirs.goto(link);
  await expect(theirs.getByText("This link was used already")).toBeVisible();
  await stranger.close();

  await expectStatus(page, "Succeeded");
  expect(await outputOf(page, runId)).toMatchObject({ decision: "approved", answers: [{ by: address }] });
});
