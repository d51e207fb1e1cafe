import fs from "node:fs";
import path from "node:path";
import type { Locator, Page } from "@playwright/test";
import { parse } from "yaml";
import { definitionSchema } from "@/server/engine/definition";
import type { Hand } from "./hands";
import { expect } from "./session";
import { ask } from "./workflow-page";

type Fields = Record<string, unknown>;

interface Drawn {
  schema: unknown;
  input: Fields;
  output: Fields;
  settings: { timeoutSeconds: number };
  nodes: (Fields & { id: string; kind: string; name: string; config?: Fields; retry?: Fields })[];
  edges: { from: string; port?: string; to: string }[];
}

/** The example that the product brings along. */
export const example = parse(fs.readFileSync(path.join(import.meta.dirname, "../examples/order-processing.yaml"), "utf8")) as Drawn;

/** What forms call the choices of the example. */
const WORDS: Readonly<Record<string, string>> = { parallel: "Several at a time", exponential: "Longer each time", constant: "The same each time", info: "Info", warn: "Warning", error: "Error" };

function stepOf(id: string): Drawn["nodes"][number] {
  return example.nodes.find((node) => node.id === id)!;
}

/** Fills in steps of the order processing in the panel that shows them, as the example has them. */
export class OrderForms {
  constructor(
    private readonly page: Page,
    private readonly hand: Hand,
  ) {}

  async fill(id: string): Promise<void> {
    const { kind, name, config = {}, retry } = stepOf(id);
    const panel = this.page.getByRole("complementary");
    await this.hand.write(panel.getByRole("textbox", { name: "Name", exact: true }), name);
    await this.hand.write(panel.getByRole("textbox", { name: "ID", exact: true }), id);
    await this.#fillConfig(panel, kind, config);
    if (retry === undefined) return;
    await this.hand.show(panel.getByRole("tab", { name: "Behaviour" }));
    for (const [field, value] of Object.entries(retry)) await this.#fillPlain(panel, `/retry/${field}`, value);
    await this.hand.show(panel.getByRole("tab", { name: "Setup" }));
  }

  async #fillConfig(panel: Locator, kind: string, config: Fields): Promise<void> {
    for (const [field, value] of Object.entries(config)) {
      if (field === "body") {
        await this.hand.choose(fieldAt(panel, "/body").getByRole("combobox").first(), "JSON");
        await this.#fillRecord(panel, "/body/value", (value as { value: Fields }).value, true);
      } else if (Array.isArray(value)) {
        for (const [index, item] of value.entries()) await this.#fillPlain(panel, `/${field}/${index}`, item);
      } else if (typeof value === "object" && value !== null) await this.#fillRecord(panel, `/${field}`, value as Fields, kind !== "set");
      else await this.#fillPlain(panel, `/${field}`, value);
    }
  }

  async #fillPlain(panel: Locator, pointer: string, value: unknown): Promise<void> {
    const field = fieldAt(panel, pointer);
    const box = field.getByRole("combobox");
    if ((await box.count()) > 0) await this.hand.choose(box, WORDS[String(value)] ?? String(value));
    else await this.hand.write(field.getByRole("textbox").or(field.getByRole("spinbutton")), String(value));
  }

  /** Names and values, one row after the other. */
  async #fillRecord(panel: Locator, pointer: string, values: Fields, isChoice: boolean): Promise<void> {
    const field = fieldAt(panel, pointer);
    if (isChoice) await this.hand.press(field.getByRole("button", { name: "Fields", exact: true }));
    for (const [index, [name, value]] of Object.entries(values).entries()) {
      await this.hand.press(field.getByRole("button", { name: "Add", exact: true }));
      await this.hand.write(field.getByRole("textbox", { name: new RegExp(`: name ${index + 1}$`) }), name);
      await this.hand.write(field.getByRole("textbox", { name: new RegExp(`: value of ${name}$`) }), String(value));
    }
  }

  /** What the run begins with and what it gives back. */
  async fillInputAndOutput(): Promise<void> {
    const input = this.page.getByRole("region", { name: "Input", exact: true });
    const { orderId } = example.input.properties as Record<string, { title: string; description: string; enum: string[]; default: string }>;
    await this.hand.press(input.getByRole("button", { name: "Add a field" }));
    await this.hand.write(input.getByRole("textbox", { name: /^Name of / }), "orderId");
    await this.hand.press(input.getByRole("checkbox", { name: "Required" }));
    await this.hand.press(input.getByRole("button", { name: "Details of orderId" }));
    await this.hand.write(input.getByRole("textbox", { name: "Title" }), orderId!.title);
    await this.hand.write(input.getByRole("textbox", { name: "Description" }), orderId!.description);
    await this.hand.write(input.getByRole("textbox", { name: "Choices" }), orderId!.enum.join("\n"));
    await this.hand.choose(input.getByRole("combobox", { name: "Begins with" }), orderId!.default);
    await this.#fillRecord(this.page.getByRole("region", { name: "Output", exact: true }), "/output", example.output, true);
  }

  async fillSettings(): Promise<void> {
    await this.hand.write(this.page.getByRole("spinbutton", { name: "Timeout (seconds)" }), String(example.settings.timeoutSeconds));
  }
}

function fieldAt(panel: Locator, pointer: string): Locator {
  return panel.locator(`[data-field="${pointer}"]`);
}

/** The draft is the example, but for where its steps lie. */
export async function expectOrderProcessing(page: Page): Promise<void> {
  await expect(page.getByRole("button", { name: "Saved" })).toBeVisible();
  const workflowId = /workflows\/([0-9a-f-]+)/.exec(page.url())?.[1];
  const { definition } = (await ask(page, "workflows.get", { workflowId })) as { definition: Drawn };
  expect(comparable(definition)).toEqual(comparable(example));
}

/** What is left to a default is the same as what says it. */
function comparable({ schema, input, output, settings, nodes, edges }: Drawn) {
  const whole = definitionSchema.parse({ schema, input, output, settings, nodes, edges });
  return {
    ...whole,
    nodes: whole.nodes.map(({ position: _position, size: _size, ...node }) => node).toSorted((one, other) => (one.id < other.id ? -1 : 1)),
    edges: whole.edges.map(({ from, port = "out", to }) => `${from} ${port} > ${to}`).toSorted(),
  };
}
