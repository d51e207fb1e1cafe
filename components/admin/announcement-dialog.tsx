"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState, type FormEvent } from "react";
import { LimitedText } from "@/components/announcements/limited-text";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input, Textarea } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { type Audience, type Level, MAX_ANNOUNCEMENT_LENGTH } from "@/server/announcements/constants";
import type { AnnouncementView } from "@/server/announcements/contract";
import { OrganizationPicker, type PickedOrganization } from "./organization-picker";

const LEVEL_OPTIONS = [{ value: "info", label: "Notice" }, { value: "warning", label: "Warning" }, { value: "danger", label: "Urgent" }];
const AUDIENCE_OPTIONS = [{ value: "everybody", label: "Everybody" }, { value: "administrators", label: "Owners and admins of organizations" }, { value: "organization", label: "The people of one organization" }];
const MINUTE_MS = 60_000;
const INPUT_LENGTH = "2026-11-26T18:00".length;

/** As an input of the browser writes a moment: in its own zone. */
function localText(moment: string | null): string {
  if (moment === null) return "";
  const at = new Date(moment);
  return new Date(at.getTime() - at.getTimezoneOffset() * MINUTE_MS).toISOString().slice(0, INPUT_LENGTH);
}

const momentOf = (text: string) => (text === "" ? null : new Date(text).toISOString());

export function AnnouncementDialog({ announcement, close }: { announcement: AnnouncementView | null; close: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const formId = useId();
  const [text, setText] = useState(announcement?.text ?? "");
  const [level, setLevel] = useState<Level>(announcement?.level ?? "info");
  const [audience, setAudience] = useState<Audience>(announcement?.audience ?? "everybody");
  const [organization, setOrganization] = useState<PickedOrganization | null>(announcement?.organization ?? null);
  const [from, setFrom] = useState(localText(announcement?.startsAt ?? null));
  const [until, setUntil] = useState(localText(announcement?.endsAt ?? null));
  const save = useMutation(trpc.announcements.save.mutationOptions({
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: trpc.announcements.pathKey() });
      close();
    },
  }));
  const isComplete = text.trim() !== "" && (audience !== "organization" || organization !== null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isComplete) save.mutate({ id: announcement?.id ?? null, text, level, audience, organizationId: audience === "organization" ? (organization?.id ?? null) : null, startsAt: momentOf(from), endsAt: momentOf(until) });
  };
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent
        title={announcement === null ? "New announcement" : "Change the announcement"}
        footer={
          <>
            <Button onClick={close}>Cancel</Button>
            <Button type="submit" form={formId} variant="primary" disabled={!isComplete || save.isPending}>{announcement === null ? "Announce it" : "Save"}</Button>
          </>
        }
      >
        <form id={formId} onSubmit={submit} noValidate className="flex flex-col gap-4">
          {save.isError ? <Alert tone="danger" title={readRefusal(save.error).message} /> : null}
          <Field label="Text" required hint="One line; **bold**, `code` and [links](https://example.com) are possible.">
            {(control) => <Textarea {...control} rows={3} maxLength={MAX_ANNOUNCEMENT_LENGTH} value={text} onChange={(event) => setText(event.target.value.replace(/\n/g, " "))} />}
          </Field>
          {text.trim() === "" ? null : <p className="rounded-md border bg-muted/40 px-3 py-2 text-sm break-words"><LimitedText source={text} /></p>}
          <div className="grid gap-4 sm:grid-cols-2">
            <Field label="Level">{(control) => <Select {...control} value={level} onValueChange={(value) => setLevel(value as Level)} options={LEVEL_OPTIONS} />}</Field>
            <Field label="For">{(control) => <Select {...control} value={audience} onValueChange={(value) => setAudience(value as Audience)} options={AUDIENCE_OPTIONS} />}</Field>
          </div>
          {audience === "organization" ? (
            <Field label="Organization" required>{(control) => <OrganizationPicker {...control} value={organization} onPick={setOrganization} />}</Field>
          ) : null}
          <div className="grid gap-4 sm:grid-cols-2">
            <Field label="From" hint="Empty: now.">{(control) => <Input {...control} type="datetime-local" value={from} onChange={(event) => setFrom(event.target.value)} />}</Field>
            <Field label="Until" hint="Empty: until it is removed.">{(control) => <Input {...control} type="datetime-local" value={until} onChange={(event) => setUntil(event.target.value)} />}</Field>
          </div>
        </form>
      </DialogContent>
    </Dialog>
  );
}
