import type { Explanation } from "@/server/access/contract";

type Reason = Omit<Explanation["reasons"][number], "allows">;

const PLACES: Readonly<Record<Reason["where"]["kind"], string>> = { workspace: "the workspace", folder: "the folder", workflow: "the workflow" };

/** Where a role comes from, in words. */
export function RoleReason({ role, via, where }: Reason) {
  return (
    <>
      <strong className="font-medium text-foreground">{role}</strong> in {where.kind === "folder" && where.name === "above" ? "a folder above" : `${PLACES[where.kind]} ${where.name}`}
      {via.kind === "person" ? ", given to them" : via.kind === "group" ? `, given to the group ${via.name}` : ", from their role in the organization"}
    </>
  );
}
