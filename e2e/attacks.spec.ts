import type { Page } from "@playwright/test";
import { expect, test } from "./session";
import { importWorkflow, publish, runIdOf, tell } from "./workflow-page";

const HOSTILE = `<img src=x onerror="window.pwned=1"><script>window.pwned=2</script> [x](javascript:window.pwned=3) <svg onload=window.pwned=4>`;

async function expectHarmless(page: Page): Promise<void> {
  expect(await page.evaluate(() => (window as { pwned?: number }).pwned)).toBeUndefined();
  await expect(page.locator('img[src="x"], svg[onload], a[href^="javascript:"]')).toHaveCount(0);
}

test("attack: stored XSS in names, notes, outputs and approvals shows as text and runs nowhere", async ({ page }) => {
  test.setTimeout(300_000);
  const name = `Hostile ${HOSTILE}`.slice(0, 120);
  await importWorkflow(page, "Hostile", {
    schema: 1,
    nodes: [
      { id: "say", kind: "set", name: name.slice(0, 100), notes: HOSTILE, config: { values: { html: HOSTILE, list: [HOSTILE] } } },
      { id: "ask", kind: "approval", config: { title: HOSTILE, message: HOSTILE } },
    ],
    edges: [{ from: "say", to: "ask" }],
  });
  const workflowId = /workflows\/([0-9a-f-]+)/.exec(page.url())![1];
  await tell(page, "workflows.rename", { workflowId, name, description: HOSTILE });
  await tell(page, "organizing.createTag", { itemType: "workflow", name: `${Date.now()} ${HOSTILE}`.slice(0, 40), color: "red", itemIds: [workflowId] });
  await page.reload();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("<img src=x");
  await expectHarmless(page);
  await publish(page, HOSTILE);
  await page.getByRole("button", { name: "Run", exact: true }).first().click();
  await page.getByRole("dialog").getByRole("button", { name: "Start run" }).click();
  const runId = await runIdOf(page);
  await expect(page.getByText("Waiting").first()).toBeVisible();
  await expectHarmless(page);
  for (const path of ["/main/workflows", "/main/approvals", `/main/runs/${runId}`]) {
    await page.goto(path);
    await expect(page.getByText(/<img src=x/).first()).toBeAttached();
    await expectHarmless(page);
  }
  await tell(page, "runs.cancel", { runId });
  await tell(page, "workflows.delete", { workflowId });
});

test("attack: markup that got into a page after all is stopped by the policy of scripts and styles", async ({ page }) => {
  for (const path of ["/main", "/main/runs", "/profile/security"]) {
    const policy = (await page.goto(path))!.headers()["content-security-policy"] ?? "";
    const scripts = policy.split("; ").find((one) => one.startsWith("script-src ")) ?? "";
    expect(scripts).toMatch(/'nonce-[^']+' 'strict-dynamic'/);
    expect(policy).toContain("object-src 'none'; base-uri 'none'");
    expect(scripts).not.toMatch(/unsafe-inline|unsafe-eval/);
    expect(policy.split("; ").find((one) => one.startsWith("style-src-elem "))).toMatch(/^style-src-elem 'self' 'nonce-[^']+'$/);
    const refused = await page.evaluate(async () => {
      const seen: string[] = [];
      document.addEventListener("securitypolicyviolation", ({ effectiveDirective }) => seen.push(effectiveDirective));
      // As a parser puts it there: what a script of the page adds itself is trusted as that script is.
      const frame = document.createElement("iframe");
      const box = document.createElement("div");
      box.innerHTML = '<style>input[value^="a"] { background: url(/a) }</style><img src="data:," onerror="window.pwned = 2"><a href="javascript:window.pwned = 3">x</a>';
      document.body.append(frame, box);
      frame.contentDocument!.open();
      frame.contentDocument!.write("<script>parent.pwned = 1</script>");
      frame.contentDocument!.close();
      box.querySelector("a")!.click();
      const until = Date.now() + 60_000;
      while (new Set(seen).size < 3 && Date.now() < until) await new Promise(requestAnimationFrame);
      return [...new Set(seen)].sort();
    });
    expect(refused).toEqual(["script-src-attr", "script-src-elem", "style-src-elem"]);
    expect(await page.evaluate(() => (window as { pwned?: number }).pwned)).toBeUndefined();
  }
});
