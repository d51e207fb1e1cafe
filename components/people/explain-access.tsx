"use client";

import { skipToken, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ErrorState } from "@/components/data/error-state";
import { useTRPC } from "@/components/data/trpc";
import { useMay } from "@/components/shell/workspace-context";
import { FolderPicker } from "@/components/organizing/folder-picker";
import { useTree } from "@/components/organizing/use-organizing";
import { folderChoices } from "@/components/programs/folder-choices";
import { WorkflowPicker } from "@/components/workflows/workflow-picker";
import { Alert } from "@/components/ui/alert";
import { Card, CardHeader } from "@/components/ui/card";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import { SkeletonRows } from "@/components/ui/skeleton";
import type { Explanation, PlaceRef, ProgramExplanation } from "@/server/access/contract";
import { type Permission, PERMISSION_RULES, PERMISSIONS } from "@/server/auth/permissions";
import type { PickedPerson } from "./person-choices";
import { PersonPicker } from "./person-picker";
import { ProgramPicker } from "./program-choices";
import { RoleReason } from "./role-reason";

const PLACES = [{ value: "workspace", label: "The whole workspace" }, { value: "folder", label: "A folder" }, { value: "workflow", label: "A workflow" }] as const;
type Kind = (typeof PLACES)[number]["value"];

const HOLDERS = [
  { value: "person", label: "A person", field: "Person" },
  { value: "service_account", label: "A service account", field: "Service account" },
  { value: "issuer", label: "Whoever comes with a token of a trusted issuer", field: "Trusted issuer" },
  { value: "token", label: "An API token", field: "API token" },
] as const;
type Holder = (typeof HOLDERS)[number]["value"];

const programOf = (kind: Exclude<Holder, "person">, id: string) => (kind === "token" ? { tokenId: id } : kind === "issuer" ? { issuerId: id } : { serviceAccountId: id });

/** "Why can X do Y?" */
export function ExplainAccess() {
  const trpc = useTRPC();
  const tree = useTree();
  const mayListPrograms = useMay("token:read");
  const [holder, setHolder] = useState<Holder>("person");
  const [who, setWho] = useState<PickedPerson | null>(null);
  const [permission, setPermission] = useState<Permission>("workflow:read");
  const [kind, setKind] = useState<Kind>("workspace");
  const [folderId, setFolderId] = useState<string | null>(null);
  const [workflowId, setWorkflowId] = useState<string | null>(null);
  const place: PlaceRef | null | undefined = kind === "workspace" ? undefined : kind === "folder" ? (folderId === null ? null : { folderId }) : workflowId === null ? null : { workflowId };
  const isAsked = who !== null && place !== null;
  const asked = { permission, ...(place === undefined || place === null ? {} : { place }) };
  const ofPerson = useQuery(trpc.access.explain.queryOptions(isAsked && holder === "person" ? { userId: who.id, ...asked } : skipToken));
  const ofProgram = useQuery(trpc.access.explainProgram.queryOptions(isAsked && holder !== "person" ? { program: programOf(holder, who.id), ...asked } : skipToken));
  const answer = holder === "person" ? ofPerson : ofProgram;
  const change = (next: string) => {
    setHolder(next as Holder);
    setWho(null);
  };
  return (
    <Card>
      <CardHeader title="Why can somebody do something?" description="Every role that reaches a place, where it comes from, and whether it allows it." />
      <div className="flex flex-col gap-4 p-4">
        <div className="grid gap-4 sm:grid-cols-2">
          {mayListPrograms ? <Field label="Who">{(control) => <Select {...control} value={holder} options={HOLDERS} onValueChange={change} />}</Field> : null}
          <Field label={mayListPrograms ? HOLDERS.find(({ value }) => value === holder)!.field : "Who"}>
            {(control) => (holder === "person" ? <PersonPicker {...control} from="organization" value={who} onPick={setWho} /> : <ProgramPicker key={holder} kind={holder} control={control} value={who} onPick={setWho} />)}
          </Field>
          <Field label="What">{(control) => <Select {...control} value={permission} options={PERMISSIONS.map((one) => ({ value: one, label: PERMISSION_RULES[one].does }))} onValueChange={(next) => setPermission(next as Permission)} />}</Field>
          <Field label="Where">{(control) => <Select {...control} value={kind} options={PLACES} onValueChange={(next) => setKind(next as Kind)} />}</Field>
          {kind === "workspace" ? null : kind === "workflow" ? (
            <Field label="Workflow">{(control) => <WorkflowPicker {...control} className="w-full" value={workflowId} onPick={(workflow) => setWorkflowId(workflow?.id ?? null)} />}</Field>
          ) : tree.isPending ? <SkeletonRows count={1} /> : tree.isError ? <ErrorState error={tree.error} retry={() => void tree.refetch()} what="the folders" /> : (
            <Field label="Folder">{(control) => <FolderPicker {...control} value={folderId ?? undefined} options={folderChoices(tree.data.folders)} onValueChange={setFolderId} />}</Field>
          )}
        </div>
        {!isAsked ? null : answer.isPending ? <SkeletonRows count={2} /> : answer.isError ? <ErrorState error={answer.error} retry={() => void answer.refetch()} what="the reasons" /> : <Reasons explanation={answer.data} program={ofProgram.data ?? null} />}
      </div>
    </Card>
  );
}

function Reasons({ explanation: { allowed, reasons, isLocked, isArchived, needsReview, promotesNotInto }, program }: { explanation: Explanation; program: ProgramExplanation | null }) {
  const names = program === null ? "them" : "it";
  return (
    <Alert tone={allowed ? "info" : "warning"} title={allowed ? (needsReview ? "Yes, after a review" : "Yes") : "No"}>
      {isLocked ? <p>A protection rule locks it, and does not name {names} among those who may change it.</p> : null}
      {isArchived ? <p>The workspace is archived: nothing in it changes.</p> : null}
      {allowed && needsReview ? <p>A protection rule asks that somebody else approves the draft first.</p> : null}
      {allowed && promotesNotInto.length > 0 ? <p>Not by promoting to {promotesNotInto.join(", ")}: others are named for that.</p> : null}
      {program?.isOff ? <p>It is switched off: none of its tokens opens anything.</p> : null}
      {program?.token ? <TokenReason {...program.token} /> : null}
      {reasons.length === 0 ? `No role of ${program === null ? "theirs" : "its holder"} reaches there.` : (
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

function TokenReason({ holder, scopes, reaches, isExpired, allowedAddresses }: NonNullable<ProgramExplanation["token"]>) {
  return (
    <>
      {isExpired ? <p>The token has expired.</p> : null}
      <p>
        {scopesInWords(scopes, reaches)}
        {"; "}it does at most what {holder === null ? "the installation" : holder.name} may:
      </p>
      {allowedAddresses.length === 0 ? null : <p>Only from {allowedAddresses.join(", ")}.</p>}
    </>
  );
}

function scopesInWords(scopes: readonly string[], reaches: boolean): string {
  if (scopes.length === 0) return "None of its scopes is for that";
  if (!reaches) return `For that it has ${scopes.join(", ")}, which does not reach there`;
  return `For that it has ${scopes.join(", ")}`;
}
