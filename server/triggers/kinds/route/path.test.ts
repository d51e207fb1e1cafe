import { describe, expect, it } from "vitest";
import { coerceTexts } from "./coerce-texts";
import { addressPathOf, bySpeciality, parametersOf, pathProblem, routeKeyOf } from "./path";

describe("the path of a route", () => {
  it.each([
    ["/", null],
    ["/orders/:id/lines/:line", null],
    ["/v1/a.b~c_d-e", null],
    ["orders", /begin with \//],
    ["/orders/", /empty segments/],
    ["//orders", /empty segments/],
    ["/a/:id/:id", /names :id twice/],
    ["/a b", /has the segment a b/],
    ["/../x", /has the segment \.\./],
    ["/a/:9", /has the segment :9/],
    ["/openapi.json", /the document/],
    [`/${Array(21).fill("a").join("/")}`, /at most 20/],
  ])("%s", (path, problem) => {
    const found = pathProblem({ path, inWorkspace: true });
    if (problem === null) expect(found).toBeNull();
    else expect(found).toMatch(problem);
  });

  it("begins with a word when it is the installation's", () => {
    expect([pathProblem({ path: "/:any", inWorkspace: false }), pathProblem({ path: "/", inWorkspace: false })].every((one) => one !== null)).toBe(true);
    expect(pathProblem({ path: "/shop/:id", inWorkspace: false })).toBeNull();
  });

  it("is the same whatever its parameters are called", () => {
    expect(routeKeyOf({ method: "GET", path: "/orders/:id", inWorkspace: true })).toBe(routeKeyOf({ method: "GET", path: "/orders/:order", inWorkspace: true }));
    expect(routeKeyOf({ method: "GET", path: "/orders/:id", inWorkspace: false })).toBe("GET //orders/{}");
    expect(addressPathOf("main", { path: "/orders/:id", inWorkspace: true })).toBe("/api/r/main/orders/:id");
    expect(addressPathOf("main", { path: "/", inWorkspace: true })).toBe("/api/r/main");
    expect(parametersOf("/orders/:id/:line", ["orders", "a/b", "2"])).toEqual({ id: "a/b", line: "2" });
  });

  it("goes before one that says less", () => {
    const keys = ["ANY /a/{}", "GET /{}/b", "GET /a/{}", "GET /a/b"];
    expect(keys.sort(bySpeciality)).toEqual(["GET /a/b", "GET /a/{}", "ANY /a/{}", "GET /{}/b"]);
  });
});

describe("texts of an address", () => {
  const schema = { properties: { n: { type: "integer" }, open: { type: ["boolean", "null"] }, ids: { type: "array", items: { type: "number" } }, code: { type: "string" } } };

  it("become what the schema asks for, or stay for the validator to name", () => {
    expect(coerceTexts({ n: "7", open: "true", ids: "1", code: "007", other: "5" }, schema)).toEqual({ n: 7, open: true, ids: [1], code: "007", other: "5" });
    expect(coerceTexts({ n: "seven", open: "yes", ids: ["1", "x"] }, schema)).toEqual({ n: "seven", open: "yes", ids: [1, "x"] });
    expect(coerceTexts({ n: "", __proto__: "1" }, schema)).toEqual({ n: "" });
  });
});
