import { describe, expect, it } from "vitest";
import { searchChoices } from "./choice-search";

const CHOICES = [
  { label: "For each line", hint: "stock", words: 'forEach {"items":"{{ steps.available.output }}"}' },
  { label: "Is it available?", hint: "check" },
  { label: "Availability", hint: "available_2" },
  { label: "Reserve", hint: "available" },
];

describe("the order of what a search finds", () => {
  it("puts names before what is only said inside", () => {
    expect(searchChoices(CHOICES, "available").map(({ hint }) => hint)).toEqual(["available", "available_2", "check", "stock"]);
  });

  it("keeps the order as long as nothing is typed", () => {
    expect(searchChoices(CHOICES, " ")).toEqual(CHOICES);
  });

  it("finds by all words, wherever they stand", () => {
    expect(searchChoices(CHOICES, "line items").map(({ hint }) => hint)).toEqual(["stock"]);
    expect(searchChoices(CHOICES, "line nowhere")).toEqual([]);
  });
});
