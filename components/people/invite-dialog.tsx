"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState, type ChangeEvent, type FormEvent } from "react";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { CopyButton } from "@/components/ui/copy-button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Textarea } from "@/components/ui/input";
import { Label } from "@/components/ui/label";
import { Select } from "@/components/ui/select";
import { ORGANIZATION_ROLES, ROLES } from "@/server/auth/permissions";
import type { Invited } from "@/server/invitations/contract";
import { addressesIn, fileProblem, leftText } from "./addresses";
import { CustomRolesProblem } from "./custom-roles-problem";
import { useCustomRoles } from "./use-custom-roles";

export type Place = "workspace" | "organization";
const DAYS = ["1", "7", "30", "90"].map((value) => ({ value, label: value === "1" ? "1 day" : `${value} days` }));

export function InviteDialog({ place, close }: { place: Place; close: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [made, setMade] = useState<readonly Invited[] | null>(null);
  const onSuccess = async (invited: readonly Invited[]) => {
    setMade(invited);
    await queryClient.invalidateQueries({ queryKey: trpc.invitations.pathKey() });
  };
  const toWorkspace = useMutation(trpc.invitations.create.mutationOptions({ onSuccess }));
  const toOrganization = useMutation(trpc.invitations.createForOrganization.mutationOptions({ onSuccess }));
  const error = toWorkspace.error ?? toOrganization.error;
  const send = (input: Wanted) => {
    if (place === "workspace") toWorkspace.mutate({ ...input, role: input.role as "viewer" });
    else toOrganization.mutate({ ...input, role: input.role as "member" });
  };
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent key={made === null ? "form" : "made"} title={made === null ? `Invite to the ${place}` : "Invited"} description={made === null ? "Each link works once, for its address alone." : "Links that were not mailed are shown this once, to be handed over."}>
        {made === null ? (
          <InviteForm place={place} isBusy={toWorkspace.isPending || toOrganization.isPending} refusal={error === null ? null : readRefusal(error).message} send={send} close={close} />
        ) : (
          <div className="flex flex-col gap-4">
            <MadeLinks made={made} />
            <Button className="self-end" variant="primary" onClick={close}>Done</Button>
          </div>
        )}
      </DialogContent>
    </Dialog>
  );
}

export function MadeLinks({ made }: { made: readonly Invited[] }) {
  return (
    <ul className="flex max-h-80 flex-col gap-3 overflow-y-auto">
      {made.map(({ id, email, url, sent, problem }) => (
        <li key={id} className="flex flex-col gap-1 text-sm">
          <span className="font-medium break-all">{email}</span>
          <span className="text-xs text-muted-foreground">{sent ? "The mail is on its way." : problem === null ? "No mail was sent." : `No mail went out: ${problem}`}</span>
          {url === null ? (
            <span className="text-xs text-muted-foreground">The link is in the mail alone: whoever joins by it has shown that the mailbox is theirs.</span>
          ) : <div className="flex items-center gap-2">
            <code className="min-w-0 flex-1 truncate rounded bg-muted px-2 py-1 font-mono text-xs">{url}</code>
            <CopyButton text={url} label={`Copy the link for ${email}`} />
          </div>}
        </li>
      ))}
    </ul>
  );
}

interface Wanted {
  emails: string[];
  role: string;
  days: number;
  byMail: boolean;
}

interface InviteFormProps {
  place: Place;
  isBusy: boolean;
  refusal: string | null;
  send: (wanted: Wanted) => void;
  close: () => void;
}

function InviteForm({ place, isBusy, refusal, send, close }: InviteFormProps) {
  const id = useId();
  const customRoles = useCustomRoles();
  const [text, setText] = useState("");
  const [role, setRole] = useState<string>(place === "workspace" ? "builder" : "member");
  const [days, setDays] = useState("7");
  const [byMail, setByMail] = useState(true);
  const [problem, setProblem] = useState<string | null>(null);
  const { emails, bad, left } = addressesIn(text);
  const passedOver = leftText(left);
  const roles = place === "organization" ? ORGANIZATION_ROLES.map((one) => ({ value: one as string, label: one as string })) : [...ROLES.map((one) => ({ value: one as string, label: one as string })), ...customRoles.map((one) => ({ value: one.id, label: one.name }))];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send({ emails, role, days: Number(days), byMail });
  };
  const readFile = async (event: ChangeEvent<HTMLInputElement>) => {
    const file = event.target.files?.[0];
    if (file === undefined) return;
    const tooMuch = fileProblem(file.size);
    setProblem(tooMuch);
    if (tooMuch === null) setText(await file.text());
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      {refusal === null ? null : <Alert tone="danger" title={refusal} />}
      <Field label="E-mail addresses" hint={`${emails.length} of at most 200. One a line, or a CSV file.`} error={bad.length === 0 ? null : `Not usable: ${bad.slice(0, 3).join(", ")}`} required>
        {(control) => <Textarea {...control} value={text} rows={4} spellCheck={false} required onChange={(event) => setText(event.target.value)} />}
      </Field>
      <div className="flex flex-col gap-1.5">
        <Label htmlFor={`${id}-file`}>CSV file</Label>
        <input id={`${id}-file`} type="file" accept=".csv,text/csv,text/plain" className="text-sm" onChange={(event) => void readFile(event)} />
        {problem === null ? null : <p role="alert" className="text-xs text-destructive">{problem}</p>}
        {passedOver === null ? null : <p role="status" className="text-xs break-words text-muted-foreground">{passedOver}</p>}
      </div>
      {place === "workspace" ? <CustomRolesProblem /> : null}
      <div className="grid gap-4 sm:grid-cols-2">
        <div className="flex flex-col gap-1.5">
          <Label htmlFor={`${id}-role`}>Role</Label>
          <Select id={`${id}-role`} value={role} onValueChange={setRole} options={roles} />
        </div>
        <div className="flex flex-col gap-1.5">
          <Label htmlFor={`${id}-days`}>Works for</Label>
          <Select id={`${id}-days`} value={days} onValueChange={setDays} options={DAYS} />
        </div>
      </div>
      <div className="flex items-center gap-2">
        <Checkbox id={`${id}-mail`} checked={byMail} onCheckedChange={(checked) => setByMail(checked === true)} />
        <label htmlFor={`${id}-mail`} className="text-sm">Send the links by mail</label>
      </div>
      <div className="flex justify-end gap-2">
        <Button onClick={close}>Cancel</Button>
        <Button type="submit" variant="primary" disabled={isBusy || emails.length === 0 || emails.length > 200 || bad.length > 0}>Invite</Button>
      </div>
    </form>
  );
}
