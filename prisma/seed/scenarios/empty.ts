import type { Scenario } from "../scenario";

export const empty: Scenario = {
  summary: "the first workspace with the published examples, as the first start makes it",
  make: (scope) => Promise.resolve(`/${scope.workspace.slug}/workflows`),
};
