import type { Explanation } from "@/server/access/contract";

type Reason = Omit<Explanation["reasons"][number], "allows">;

const PLACES: Readonly<Record<Reason["where"]["kind"], string>> = { workspace: "the workspace", folder: "the folder", workflow: "the workflow" };

/** Where a role comes from, in words. */
export function RoleReason({ role, via, where }: Reason) {
  return (
    <>
      <strong className="font-medium text-foreground">{role}</strong> in {where.kind === "folder" && where.name === "above" ? "a folder above" : `${PLACES[where.kind]} ${where.name}`}
      {viaInWords(via)}
    </>
  );
}

function viaInWords({ kind, name }: Reason["via"]): string {
  switch (kind) {
    case "person":
      return ", given to them";
    case "group":
      return `, given to the group ${name}`;
    case "organization":
      return ", from their role in the organization";
    case "program":
      return `, which ${name} has`;
    case "claim":
      return `, where the token says ${name}`;
    case "installation":
      return ", as it was made at the command line";
  }
}
