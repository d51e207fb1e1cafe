import { expect, it } from "vitest";
import { fieldLabel } from "./field-label";

it.each([
  ["maxResponseMb", "Max response (MB)"],
  ["timeoutSeconds", "Timeout (seconds)"],
  ["base_url", "Base URL"],
  ["orderID", "Order ID"],
  ["SKU", "SKU"],
  ["XMLFeedUrl", "XML feed URL"],
  ["Seconds", "Seconds"],
  ["Name of the buyer", "Name of the buyer"],
  ["--", "--"],
  ["größe", "Größe"],
])("reads %s as %s", (name, label) => {
  expect(fieldLabel(name)).toBe(label);
});
