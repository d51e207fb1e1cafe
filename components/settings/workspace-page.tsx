"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { useMay, useWorkspace } from "@/components/shell/workspace-context";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { cn } from "@/components/ui/class-names";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { toast } from "@/components/ui/toast";

const COLORS = [
  { value: null, label: "No colour" },
  { value: "#0a7d8c", label: "Teal" },
  { value: "#2563eb", label: "Blue" },
  { value: "#7c3aed", label: "Violet" },
  { value: "#db2777", label: "Pink" },
  { value: "#dc2626", label: "Red" },
  { value: "#d97706", label: "Amber" },
  { value: "#15803d", label: "Green" },
] as const;

/** What is the workspace's own besides what is in it. */
export function WorkspacePage() {
  const { current } = useWorkspace();
  const trpc = useTRPC();
  const router = useRouter();
  const mayWrite = useMay("settings:write");
  const [timeZone, setTimeZone] = useState(current.timeZone);
  const save = useMutation(trpc.workspaceSettings.set.mutationOptions({
    onSuccess: () => {
      // The shell comes from the server.
      router.refresh();
      toast("Saved.");
    },
    onError: (error) => void toast.error(readRefusal(error).message),
  }));
  return (
    <Card>
      <CardHeader title={current.name} description="Its name, and whether it is archived or deleted, is set under Organization." />
      <div className="flex flex-col gap-6 p-4">
        <form
          className="flex flex-col items-start gap-3"
          onSubmit={(event) => {
            event.preventDefault();
            save.mutate({ timeZone: timeZone.trim() });
          }}
        >
          <Field label="Time zone" hint="What schedules made beside a workflow go by when they name none themselves.">
            {(control) => <Input {...control} list="time-zones" className="w-64" disabled={!mayWrite} value={timeZone} onChange={(event) => setTimeZone(event.target.value)} />}
          </Field>
          <datalist id="time-zones">{["UTC", ...Intl.supportedValuesOf("timeZone")].map((name) => <option key={name} value={name} />)}</datalist>
          {mayWrite ? <Button type="submit" variant="primary" disabled={save.isPending || timeZone.trim() === "" || timeZone.trim() === current.timeZone}>Save</Button> : null}
        </form>
        <fieldset className="flex flex-col gap-2" disabled={!mayWrite || save.isPending}>
          <legend className="mb-1.5 text-sm font-medium">Colour</legend>
          <div className="flex flex-wrap gap-2">
            {COLORS.map(({ value, label }) => (
              <button
                key={label}
                type="button"
                aria-label={label}
                title={label}
                aria-pressed={current.color === value}
                onClick={() => save.mutate({ color: value })}
                className={cn("size-8 rounded-full border-2 border-transparent ring-offset-2 ring-offset-card disabled:opacity-50", value === null && "border-dashed border-border", current.color === value && "ring-2 ring-ring")}
                style={value === null ? undefined : { backgroundColor: value }}
              />
            ))}
          </div>
          <p className="text-xs text-muted-foreground">A stripe beside the name of the workspace, so that nobody takes one for another. Nothing is written on it.</p>
        </fieldset>
      </div>
    </Card>
  );
}
