import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { EntryHeading, EntryLink, EntryRow } from "./entry";

it("gives a row, and a column, the address that its name links to", () => {
  expect(renderToStaticMarkup(<EntryLink id="0193">KEY</EntryLink>)).toContain('href="#0193"');
  for (const place of [<EntryRow key="row" id="0193" className="px-4" />, <EntryHeading key="column" id="0193" scope="col" className="px-4" />]) {
    const markup = renderToStaticMarkup(place);
    expect(markup).toMatch(/ id="0193"/);
    // It takes the focus when the address names it, and is no stop of the tabulator.
    expect(markup).toMatch(/ tabindex="-1"/i);
  }
});
