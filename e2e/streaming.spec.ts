import http from "node:http";
import type { AddressInfo } from "node:net";
import { expect, fresh, test } from "./session";
import { canvasNode, expectStatus, importWorkflow, outputOf, runIdOf, tell } from "./workflow-page";

const piece = (content: string, finish: string | null = null) =>
  `data: ${JSON.stringify({ id: "one", object: "chat.completion.chunk", created: 1, model: "teller", choices: [{ index: 0, delta: { content }, finish_reason: finish }] })}\n\n`;

/** A model that goes on telling until it is enough. */
class Teller {
  #isEnough = false;
  readonly #server = http.createServer((request, response) => {
    request.resume();
    response.writeHead(200, { "content-type": "text/event-stream" });
    let count = 0;
    const timer = setInterval(() => {
      count += 1;
      response.write(piece(`Word ${count}. `));
      if (!this.#isEnough) return;
      clearInterval(timer);
      response.end(`${piece("The end.", "stop")}data: [DONE]\n\n`);
    }, 100);
    response.once("close", () => clearInterval(timer));
  });

  async listen(): Promise<string> {
    await new Promise<void>((listening) => this.#server.listen(0, "127.0.0.1", listening));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  end(): void {
    this.#isEnough = true;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

test("what a model writes shows while it is written, in the Test tab and on the page of the run", async ({ page }) => {
  const teller = new Teller();
  try {
    const slug = fresh("teller", "-");
    await tell(page, "catalog.create", { slug, provider: "openai", name: slug, description: "", config: { model: "teller", baseUrl: await teller.listen() } });
    await importWorkflow(page, fresh("Story"), {
      schema: 1,
      nodes: [{ id: "start", kind: "trigger.manual", name: "Start" }, { id: "tell", kind: "llm", name: "Tell", config: { adapter: slug, prompt: "Tell a story" } }],
      edges: [{ from: "start", to: "tell" }],
    });
    await canvasNode(page, "Tell").click({ position: { x: 30, y: 20 } });
    const panel = page.getByRole("complementary", { name: "Tell" });
    const written = panel.getByRole("heading", { name: "As it is written" });
    await panel.getByRole("tab", { name: "Test" }).click();
    await page.getByRole("group", { name: "Tests of the draft" }).getByRole("button", { name: "Test", exact: true }).click();
    await expect(written).toBeVisible();
    await expect(panel.getByText(/Word \d+\. Word \d+\. Word \d+\./)).toBeVisible();

    await page.getByRole("link", { name: "Open the run", exact: true }).click();
    await expectStatus(page, "Running");
    await canvasNode(page, "Tell").click({ position: { x: 30, y: 20 } });
    await expect(written).toBeVisible();
    await expect(panel.getByText(/Word \d+\. Word \d+\. Word \d+\./)).toBeVisible();
    teller.end();
    await expectStatus(page, "Succeeded");
    await expect(written).toHaveCount(0);
    await expect(panel.getByRole("group", { name: "Output" }).getByText(/Word 1\. Word 2\. Word 3\./)).toBeVisible();
    const { text } = (await outputOf(page, await runIdOf(page), "tell")) as { text: string };
    expect(text).toMatch(/^Word 1\. .*The end\.$/);
  } finally {
    teller.stop();
  }
});
