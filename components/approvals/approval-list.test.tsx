import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { ApprovalList } from "./approval-list";
import type { Entry } from "./boxes";

const entry = (id: string) => ({ id, title: id, status: "open", requiredAnswers: 2, answers: 1, until: null, createdAt: "2026-11-01T00:00:00.000Z", isTest: false, workflow: null }) as unknown as Entry;

it("says of what somebody else answered that it is not there any more, and tells it of nothing that is to be answered", () => {
  const rows = renderToStaticMarkup(<ApprovalList entries={[entry("a"), entry("b")]} gone={new Set(["b"])} shown={null} choose={() => {}} label="Open" />).split("<li");
  expect(rows.slice(1).map((row) => [row.includes("data-gone"), row.includes("Not among these any more"), row.includes("1 of 2 approvals")])).toEqual([[false, false, true], [true, true, false]]);
});
