import { describe, expect, it } from "vitest";
import { mightiest, roleAlike, ORGANIZATION_PERMISSIONS, ORGANIZATION_ROLE_PERMISSIONS, PERMISSIONS, permissionsOf, ROLE_PERMISSIONS, ROLES } from "./permissions";

describe("roles", () => {
  it("hold what the role below them holds, and more", () => {
    const fromBelow = [...ROLES].reverse();
    for (const [index, role] of fromBelow.entries()) {
      const below = fromBelow[index - 1];
      if (below) expect(ROLE_PERMISSIONS[role]).toEqual(expect.arrayContaining([...ROLE_PERMISSIONS[below]]));
    }
    expect([...ROLE_PERMISSIONS.owner].sort()).toEqual([...PERMISSIONS].sort());
    expect(PERMISSIONS.filter((permission) => !ROLE_PERMISSIONS.admin.includes(permission))).toEqual(["workspace:delete"]);
    expect([...ORGANIZATION_ROLE_PERMISSIONS.owner].sort()).toEqual([...ORGANIZATION_PERMISSIONS].sort());
    expect(ORGANIZATION_ROLE_PERMISSIONS.admin).not.toContain("owner:write");
    expect(ORGANIZATION_ROLE_PERMISSIONS.member).toEqual(["organization:read"]);
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

  it("have one each that is most like a custom role", () => {
    for (const role of ROLES) expect(roleAlike(ROLE_PERMISSIONS[role])).toBe(role === "owner" ? "admin" : role);
    expect([roleAlike(["run:read"]), roleAlike(["run:read", "wait:answer"]), roleAlike(["secret:list"]), roleAlike([])]).toEqual(["viewer", "operator", "builder", "viewer"]);
  });
});
