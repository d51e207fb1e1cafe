import { describe, expect, it } from "vitest";
import { mightiest, PERMISSIONS, permissionsOf, ROLE_PERMISSIONS, ROLES } from "./permissions";

describe("roles", () => {
  it("hold what the role below them holds, and more", () => {
    const fromBelow = [...ROLES].reverse();
    for (const [index, role] of fromBelow.entries()) {
      const below = fromBelow[index - 1];
      if (below) expect(ROLE_PERMISSIONS[role]).toEqual(expect.arrayContaining([...ROLE_PERMISSIONS[below]]));
    }
    expect([...ROLE_PERMISSIONS.admin].sort()).toEqual([...PERMISSIONS].sort());
  });

  it("let a viewer read only, and keep settings and audit to administrators", () => {
    expect(ROLE_PERMISSIONS.viewer.filter((permission) => !permission.endsWith(":read"))).toEqual([]);
    expect(ROLE_PERMISSIONS.builder).not.toContain("settings:write");
    expect(ROLE_PERMISSIONS.builder).not.toContain("audit:read");
    expect(ROLE_PERMISSIONS.operator).not.toContain("secret:list");
  });

  it("add up, and an unknown one adds nothing", () => {
    expect(permissionsOf(["viewer", "operator", "emperor"])).toEqual(new Set(ROLE_PERMISSIONS.operator));
    expect(permissionsOf(["emperor", "constructor"]).size).toBe(0);
    expect(mightiest(["viewer", "builder"])).toBe("builder");
    expect(mightiest(["emperor"])).toBeNull();
  });
});
