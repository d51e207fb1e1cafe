import { expect, it } from "vitest";
import { ROUTES } from "./routes";

it("docs/api-routes.md lists every route", async () => {
  const tags = [...new Set(ROUTES.map(({ tag }) => tag))];
  const rowOf = ({ method, path, permission, summary }: (typeof ROUTES)[number]) => `| \`${method} ${path}\` | ${summary} | \`${permission}\` |`;
  const sections = tags.map((tag) => [`## ${tag}`, "", "| route | what it does | permission |", "| --- | --- | --- |", ...ROUTES.filter((route) => route.tag === tag).map(rowOf)].join("\n"));
  const page = `# Routes of the REST API\n\nUnder \`/api/v1\`; how to call them is in [the API](api.md). This page is made from the table of routes: a test says when it is out of date.\n\n${sections.join("\n\n")}\n`;
  await expect(page).toMatchFileSnapshot("../../docs/api-routes.md");
});
