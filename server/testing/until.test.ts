import { expect, test } from "vitest";
import { until } from "./conformance/suite";

test("what is not there yet, however that is said, is no answer", async () => {
  const answers = [null, undefined, "here"];
  expect(await until("an answer", () => answers.shift())).toBe("here");
});
