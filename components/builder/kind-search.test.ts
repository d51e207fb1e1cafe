import { expect, it } from "vitest";
import { searchKinds } from "./kind-search";

const first = (text: string) => searchKinds(text)[0]?.kinds[0]?.kind;

it("puts what is called just so before names that only begin with it", () => {
  expect(first("http")).toBe("http");
  expect(first("HTTP route")).toBe("trigger.route");
});

it("puts what begins a run last where something leads to the new step, unless it is asked for", () => {
  const groups = (isFollowing: boolean, text = "") => searchKinds(text, { isFollowing }).map(({ group }) => group);
  const [triggers, ...others] = groups(false);
  expect(triggers).toBe("Triggers");
  expect(groups(true)).toEqual([...others, triggers]);
  expect(groups(true, "webhook")[0]).toBe("Triggers");
});

it("puts names that begin with the text before those that only mention it", () => {
  expect(first("approv")).toBe("approval");
});
