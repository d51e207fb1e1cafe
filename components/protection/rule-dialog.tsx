"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { readRefusal } from "@/components/data/problem";
import { useTRPC, type RouterInputs } from "@/components/data/trpc";
import { useEnvironments } from "@/components/environments/use-environments";
import { FolderPicker } from "@/components/organizing/folder-picker";
import { folderChoices } from "@/components/programs/folder-choices";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Label } from "@/components/ui/label";
import { Select } from "@/components/ui/select";
import { Switch } from "@/components/ui/switch";
import type { ProtectionRuleView } from "@/server/protection/contract";
import { namesOthers, NOBODY, WhomFields, type Whom } from "./whom-fields";

const WHOLE = "whole";
/** No name of an environment. */
const PUBLISHING = " publishing";
type Role = NonNullable<NonNullable<RouterInputs["protection"]["set"]["mayPublish"]>["roles"]>[number];
const startOf = (whom: ProtectionRuleView["mayPublish"] | undefined): Whom => whom ?? NOBODY;
const ruleOf = (rules: readonly ProtectionRuleView[], place: string, stage: string) => rules.find(({ folder, environment }) => (folder?.id ?? WHOLE) === place && (environment?.slug ?? PUBLISHING) === stage);
const sent = ({ roles, people }: Whom) => ({ roles: roles as Role[], userIds: people.map(({ id }) => id) });

/** The one rule of a place, or of what comes to an environment from there. Switched off in both parts it goes. */
export function RuleDialog({ rule, rules, close }: { rule: ProtectionRuleView | null; rules: readonly ProtectionRuleView[]; close: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const tree = useQuery(trpc.organizing.tree.queryOptions());
  const environments = useEnvironments();
  const [first] = useState(rule ?? ruleOf(rules, WHOLE, PUBLISHING));
  const [folder, setFolder] = useState(first?.folder?.id ?? WHOLE);
  const [stage, setStage] = useState(first?.environment?.slug ?? PUBLISHING);
  const [needsReview, setNeedsReview] = useState(first?.needsReview ?? true);
  const [isLocked, setLocked] = useState(first?.isLocked ?? false);
  const [mayPublish, setMayPublish] = useState(() => startOf(first?.mayPublish));
  const [mayChange, setMayChange] = useState(() => startOf(first?.mayChange));
  const replaced = rule === null ? ruleOf(rules, folder, stage) : undefined;
  const base = rule ?? replaced;
  const choose = (place: string, nextStage: string) => {
    setFolder(place);
    setStage(nextStage);
    const found = ruleOf(rules, place, nextStage);
    if (nextStage !== PUBLISHING) setLocked(false);
    if (found === undefined && replaced === undefined) return;
    setNeedsReview(found?.needsReview ?? true);
    setLocked(found?.isLocked ?? false);
    setMayPublish(startOf(found?.mayPublish));
    setMayChange(startOf(found?.mayChange));
  };
  const save = useMutation(
    trpc.protection.set.mutationOptions({
      onSuccess: (rules) => {
        queryClient.setQueryData(trpc.protection.list.queryKey(), rules);
        close();
        return queryClient.invalidateQueries({ queryKey: trpc.reviews.pathKey() });
      },
    }),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate({ folderId: folder === WHOLE ? null : folder, environment: stage === PUBLISHING ? null : stage, needsReview, isLocked, mayPublish: sent(mayPublish), mayChange: sent(mayChange) });
  };
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent
        title={rule === null ? "New rule" : "Change the rule"}
        className="max-w-lg"
        unsaved={namesOthers(startOf(base?.mayPublish), mayPublish) || namesOthers(startOf(base?.mayChange), mayChange) || undefined}
        footer={
          <>
            <Button onClick={close}>Cancel</Button>
            <Button form="rule" type="submit" variant="primary" disabled={save.isPending || (rule === null && replaced === undefined && !needsReview && !isLocked)}>{needsReview || isLocked ? "Save" : "Remove the rule"}</Button>
          </>
        }
      >
        <form id="rule" onSubmit={submit} className="flex flex-col gap-5">
          {save.isError ? <Alert tone="danger" title={readRefusal(save.error).message} /> : null}
          <Field label="Where" hint={replaced === undefined ? undefined : "This place has a rule: here it is, to be changed."}>
            {(control) => <FolderPicker {...control} value={folder} onValueChange={(place) => choose(place, stage)} disabled={rule !== null} options={[{ value: WHOLE, label: "The whole workspace" }, ...folderChoices(tree.data?.folders ?? [])]} />}
          </Field>
          {environments.length === 0 ? null : (
            <Field label="For" hint={stage === PUBLISHING ? undefined : "Every version that is promoted or rolled back there needs the review."}>
              {(control) => <Select {...control} value={stage} onValueChange={(next) => choose(folder, next)} disabled={rule !== null} options={[{ value: PUBLISHING, label: "Publishing and changes" }, ...environments.map(({ slug, name }) => ({ value: slug, label: `What comes to ${name}` }))]} />}
            </Field>
          )}
          <Part id="needs-review" label={stage === PUBLISHING ? "Publishing needs another person's review" : "Promoting needs another person's review"} checked={needsReview} onChange={setNeedsReview}>
            <WhomFields label={stage === PUBLISHING ? "May publish without" : "May promote without"} value={mayPublish} onChange={setMayPublish} />
          </Part>
          {stage === PUBLISHING ? (
            <Part id="is-locked" label="Locked: nobody but those named changes anything" checked={isLocked} onChange={setLocked}>
              <WhomFields label="May change" value={mayChange} onChange={setMayChange} />
            </Part>
          ) : null}
        </form>
      </DialogContent>
    </Dialog>
  );
}

function Part({ id, label, checked, onChange, children }: { id: string; label: string; checked: boolean; onChange: (checked: boolean) => void; children: React.ReactNode }) {
  return (
    <div className="flex flex-col gap-3">
      <div className="flex items-center gap-3">
        <Switch id={id} checked={checked} onCheckedChange={onChange} />
        <Label htmlFor={id}>{label}</Label>
      </div>
      {checked ? <div className="ml-12">{children}</div> : null}
    </div>
  );
}
