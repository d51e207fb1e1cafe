"use client";

import { useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import { ErrorState } from "@/components/data/error-state";
import { useTRPC } from "@/components/data/trpc";
import { Alert } from "@/components/ui/alert";
import { Card, CardHeader } from "@/components/ui/card";
import { Label } from "@/components/ui/label";
import { Select } from "@/components/ui/select";
import { SkeletonRows } from "@/components/ui/skeleton";
import type { Explanation } from "@/server/access/contract";
import { type Permission, PERMISSION_RULES, PERMISSIONS } from "@/server/auth/permissions";
import { RoleReason } from "./role-reason";

const EVERYWHERE = "everywhere";

/** "Why can X do Y?" */
export function ExplainAccess() {
  const trpc = useTRPC();
  const id = useId();
  const people = useQuery(trpc.organizations.people.queryOptions());
  const tree = useQuery(trpc.organizing.tree.queryOptions());
  const [userId, setUserId] = useState<string | null>(null);
  const [permission, setPermission] = useState<Permission>("workflow:read");
  const [folderId, setFolderId] = useState(EVERYWHERE);
  const input = { userId: userId ?? "", permission, ...(folderId === EVERYWHERE ? {} : { place: { folderId } }) };
  const answer = useQuery({ ...trpc.access.explain.queryOptions(input), enabled: userId !== null });
  return (
    <Card>
      <CardHeader title="Why can somebody do something?" description="Every role that reaches a place, where it comes from, and whether it allows it." />
      <div className="flex flex-col gap-4 p-4">
        <div className="grid gap-4 sm:grid-cols-3">
          <div className="flex flex-col gap-1.5">
            <Label htmlFor={`${id}-who`}>Who</Label>
            <Select id={`${id}-who`} value={userId ?? undefined} placeholder="Choose a person" options={(people.data ?? []).map((person) => ({ value: person.userId, label: person.name }))} onValueChange={setUserId} />
          </div>
          <div className="flex flex-col gap-1.5">
            <Label htmlFor={`${id}-what`}>What</Label>
            <Select id={`${id}-what`} value={permission} options={PERMISSIONS.map((one) => ({ value: one, label: PERMISSION_RULES[one].does }))} onValueChange={(next) => setPermission(next as Permission)} />
          </div>
          <div className="flex flex-col gap-1.5">
            <Label htmlFor={`${id}-where`}>Where</Label>
            <Select id={`${id}-where`} value={folderId} options={[{ value: EVERYWHERE, label: "The whole workspace" }, ...(tree.data?.folders ?? []).map((folder) => ({ value: folder.id, label: folder.name }))]} onValueChange={setFolderId} />
          </div>
        </div>
        {userId === null ? null : answer.isPending ? <SkeletonRows count={2} /> : answer.isError ? <ErrorState error={answer.error} retry={() => void answer.refetch()} what="the reasons" /> : <Reasons explanation={answer.data} />}
      </div>
    </Card>
  );
}

function Reasons({ explanation: { allowed, reasons } }: { explanation: Explanation }) {
  return (
    <Alert tone={allowed ? "info" : "warning"} title={allowed ? "Yes" : "No"}>
      {reasons.length === 0 ? "No role of theirs reaches there." : (
        <ul className="mt-1 flex list-disc flex-col gap-1 pl-4">
          {reasons.map(({ role, via, where, allows }, index) => (
            <li key={index}>
              {allows ? "" : "Not by "}
              <RoleReason role={role} via={via} where={where} />
            </li>
          ))}
        </ul>
      )}
    </Alert>
  );
}
