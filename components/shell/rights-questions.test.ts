import { expect, it } from "vitest";
import { questionsFor } from "./rights-questions";

const ids = (count: number) => Array.from({ length: count }, (_, index) => String(index));

it("asks for every place, however many there are, and for nothing where there is none", () => {
  const questions = questionsFor(ids(30), ids(450));
  expect(questions.map(({ workflowIds, folderIds }) => [workflowIds.length, folderIds.length])).toEqual([[30, 200], [0, 200], [0, 50]]);
  expect(questions.flatMap(({ folderIds }) => folderIds)).toEqual(ids(450));
  expect(questionsFor([], [])).toEqual([]);
});
