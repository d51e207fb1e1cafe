import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { formatExact } from "./format";
import { TextWithTimes } from "./text-with-times";

const shown = (text: string) => renderToStaticMarkup(<TextWithTimes text={text} />);
const time = (moment: string) => `<time dateTime="${moment}">${formatExact(new Date(moment))}</time>`;

it("shows moments within a text in the viewer's zone, and leaves all else as it is", () => {
  expect(shown("3 slots: paused until 2099-01-01T00:00:00.000Z")).toBe(`3 slots: paused until ${time("2099-01-01T00:00:00.000Z")}`);
  expect(shown("from 2024-01-01T02:00:00Z to 2024-01-02T02:00:00Z, at most")).toBe(`from ${time("2024-01-01T02:00:00Z")} to ${time("2024-01-02T02:00:00Z")}, at most`);
  expect(shown("on 2024-01-01, nobody looked")).toBe("on 2024-01-01, nobody looked");
  expect(shown("")).toBe("");
});
