"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { readRefusal } from "@/components/data/problem";
import { useTRPC, type RouterInputs } from "@/components/data/trpc";
import { namesOthers, NOBODY, type Whom, WhomFields } from "@/components/protection/whom-fields";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Label } from "@/components/ui/label";
import { Select } from "@/components/ui/select";
import { Switch } from "@/components/ui/switch";
import type { EnvironmentView } from "@/server/environments/contract";
import { TAG_COLORS } from "@/server/organizing/constants";

type Role = NonNullable<NonNullable<RouterInputs["environments"]["change"]["promoters"]>["roles"]>[number];
type Color = EnvironmentView["color"];
const capital = (text: string) => text[0]!.toUpperCase() + text.slice(1);
const slugOf = (name: string) => name.normalize("NFKD").toLowerCase().replace(/\p{M}/gu, "").split(/[^a-z0-9]+/).filter((word) => word !== "").join("-").slice(0, 40);

/** A new environment has a name and a colour; what it takes is set afterwards. */
export function EnvironmentDialog({ environment, close }: { environment: EnvironmentView | null; close: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [name, setName] = useState(environment?.name ?? "");
  const [color, setColor] = useState<Color>(environment?.color ?? "gray");
  const [flags, setFlags] = useState({ allowsTests: environment?.allowsTests ?? false, isStrict: environment?.isStrict ?? false, allowsSkipping: environment?.allowsSkipping ?? false });
  const [whom, setWhom] = useState<Whom>(environment?.promoters ?? NOBODY);
  const options = {
    onSuccess: (list: EnvironmentView[]) => {
      queryClient.setQueryData(trpc.environments.list.queryKey(), list);
      close();
      return queryClient.invalidateQueries({ queryKey: trpc.deployments.pathKey() });
    },
  };
  const add = useMutation(trpc.environments.add.mutationOptions(options));
  const change = useMutation(trpc.environments.change.mutationOptions(options));
  const saving = environment === null ? add : change;
  const slug = slugOf(name);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (environment === null) add.mutate({ environments: [{ name, slug, color }] });
    else change.mutate({ environmentId: environment.id, name, color, ...flags, promoters: { roles: whom.roles as Role[], userIds: whom.people.map(({ id }) => id) } });
  };
  const flag = (key: keyof typeof flags, label: string) => (
    <div className="flex items-center gap-3">
      <Switch id={key} checked={flags[key]} onCheckedChange={(on) => setFlags({ ...flags, [key]: on })} />
      <Label htmlFor={key}>{label}</Label>
    </div>
  );
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent
        title={environment === null ? "New environment" : `Change ${environment.name}`}
        description={environment === null ? "It comes before the live one. Nothing is in it at first." : undefined}
        className="max-w-lg"
        unsaved={namesOthers(environment?.promoters ?? NOBODY, whom) || undefined}
        footer={
          <>
            <Button onClick={close}>Cancel</Button>
            <Button form="environment" type="submit" variant="primary" disabled={saving.isPending || slug === ""}>Save</Button>
          </>
        }
      >
        <form id="environment" onSubmit={submit} className="flex flex-col gap-4">
          {saving.isError ? <Alert tone="danger" title={readRefusal(saving.error).message} /> : null}
          <Field label="Name" required hint={`For programs: ${environment?.slug ?? (slug || "…")}`}>
            {(control) => <Input {...control} value={name} required maxLength={60} onChange={(event) => setName(event.target.value)} />}
          </Field>
          <Field label="Colour">
            {(control) => <Select {...control} value={color} onValueChange={(chosen) => setColor(chosen as Color)} options={TAG_COLORS.map((one) => ({ value: one, label: capital(one) }))} />}
          </Field>
          {environment === null ? null : (
            <>
              {flag("allowsTests", "Drafts may be tested with its values")}
              {flag("isStrict", "Only values of its own: none that are for all")}
              {flag("allowsSkipping", "Takes versions from any earlier environment")}
              <WhomFields label="Who may bring versions here, of those who may publish (nobody chosen: all of them)" value={whom} onChange={setWhom} />
            </>
          )}
        </form>
      </DialogContent>
    </Dialog>
  );
}
