import { fc } from "@/server/testing/property-runs";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { parseWorkflowFiles } from "@/server/workflows/workflow-file";
import { plan } from "@/server/engine/plan";
import { createState } from "@/server/engine/decide";
import { validateWorkflow } from "./validate-workflow";

/** Documents that were workflows before somebody tore at them. */
const folder = path.join(import.meta.dirname, "../../examples");
const originals = readdirSync(folder)
  .filter((file) => file.endsWith(".yaml"))
  .flatMap((file) => parseWorkflowFiles(readFileSync(path.join(folder, file), "utf8"), file).map(({ definition }) => definition));

interface Tear {
  /** Which of all places of the document, by share. */
  where: number;
  how: "replace" | "remove" | "repeat" | "swap";
  value: unknown;
}

const oddText = fc.constantFrom(
  "", "{{", "{{ }}", "}}", "{{ steps }}", "{{ steps.constructor.output }}", "{{ steps['__proto__'] }}", "{{ input.a.b }}", "{{ secrets.X }}", "{{ item }}", "\\{{", "loop", "start", "load", "stock", "body", "out", "error", "true",
  "__proto__", "toString", "forEach", "while", "tryCatch", "http", "break", "join", "0", "-1",
);
const oddValue = fc.oneof(oddText, fc.jsonValue({ maxDepth: 3 }), fc.constantFrom<unknown>([], {}, null, -1, 1e308, true, { $ref: "#" }, { id: "start", slot: "body" }));
const tear: fc.Arbitrary<Tear> = fc.record({ where: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), how: fc.constantFrom("replace", "replace", "remove", "repeat", "swap"), value: oddValue });

function placesOf(value: unknown, found: { holder: object; key: string }[] = []): { holder: object; key: string }[] {
  if (typeof value !== "object" || value === null) return found;
  for (const key of Object.keys(value)) {
    found.push({ holder: value, key });
    placesOf(Reflect.get(value, key), found);
  }
  return found;
}

function tearAt(document: object, { where, how, value }: Tear): void {
  const places = placesOf(document);
  const place = places[Math.floor(where * places.length)];
  if (place === undefined) return;
  const { holder, key } = place;
  if (how === "remove" && Array.isArray(holder)) holder.splice(Number(key), 1);
  else if (how === "remove") Reflect.deleteProperty(holder, key);
  else if (how === "repeat" && Array.isArray(holder)) holder.push(structuredClone(holder[Number(key)]));
  else if (how === "swap") {
    const other = places[Math.floor((1 - where) * places.length) % places.length]!;
    Reflect.set(holder, key, structuredClone(Reflect.get(other.holder, other.key)));
  }
  else Reflect.set(holder, key, structuredClone(value));
}

function resolves(document: unknown, pointer: string): boolean {
  let at = document;
  for (const key of pointer.split("/").slice(1, -1).map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, key)) return false;
    at = Reflect.get(at, key);
  }
  return true;
}

describe("the validator and documents of any kind", () => {
  it("always answers, points at places that exist, and lets nothing through that cannot be planned", () => {
    const seen = { valid: 0, invalid: 0 };
    fc.assert(
      fc.property(fc.constantFrom(...originals), fc.array(tear, { minLength: 1, maxLength: 4 }), (original, tears) => {
        const document = structuredClone(original);
        for (const one of tears) tearAt(document, one);
        const { definition, problems } = validateWorkflow(document);
        for (const { path: pointer, message } of problems) {
          expect(message).not.toBe("");
          expect(pointer === "" || pointer.startsWith("/")).toBe(true);
          if (definition !== null) expect([pointer, resolves(definition, pointer)]).toEqual([pointer, true]);
        }
        if (definition === null || problems.some(({ severity }) => severity === "error")) {
          expect(problems.length).toBeGreaterThan(0);
          seen.invalid += 1;
          return;
        }
        seen.valid += 1;
        createState(plan(definition), { startedAt: 0 });
      }),
      { numRuns: 3_000 },
    );
    expect(seen.valid).toBeGreaterThan(100);
    expect(seen.invalid).toBeGreaterThan(1_000);
  }, 300_000);

  it("always answers to any JSON", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (document) => {
        expect(validateWorkflow(document).definition === null || Array.isArray(validateWorkflow(document).problems)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
