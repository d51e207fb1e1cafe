"use client";

import { keepPreviousData, useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { UserMinus, UserPlus } from "lucide-react";
import { useRef, useState } from "react";
import { ErrorState } from "@/components/data/error-state";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { LoadMore } from "@/components/shell/load-more";
import { useSearchText } from "@/components/shell/use-search-text";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { cn } from "@/components/ui/class-names";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { SkeletonRows } from "@/components/ui/skeleton";
import type { GroupView } from "@/server/organizations/contract";
import type { PickedPerson } from "./person-choices";
import { PersonPicker } from "./person-picker";

/** What Save does to who is in a group. */
interface Change {
  added: ReadonlyMap<string, PickedPerson>;
  removed: ReadonlySet<string>;
}

export function GroupDialog({ group, close }: { group: GroupView | null; close: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  // What is made stays made when its people are refused: Save goes on with it.
  const [made, setMade] = useState<Pick<GroupView, "id" | "name" | "description"> | null>(group);
  const [name, setName] = useState(group?.name ?? "");
  const [{ added, removed }, setChange] = useState<Change>({ added: new Map(), removed: new Set() });
  const adding = useRef<HTMLDivElement>(null);
  const refresh = () => queryClient.invalidateQueries({ queryKey: trpc.organizations.pathKey() });
  const create = useMutation(trpc.organizations.createGroup.mutationOptions());
  const update = useMutation(trpc.organizations.updateGroup.mutationOptions());
  const setGroupMembers = useMutation(trpc.organizations.setGroupMembers.mutationOptions());
  const error = create.error ?? update.error ?? setGroupMembers.error;
  const save = async () => {
    for (const mutation of [create, update, setGroupMembers]) mutation.reset();
    try {
      const kept = made ?? { ...(await create.mutateAsync({ name })), name, description: "" };
      setMade(kept);
      if (kept.name !== name.trim()) await update.mutateAsync({ groupId: kept.id, name, description: kept.description });
      setMade({ ...kept, name: name.trim() });
      if (added.size + removed.size > 0) await setGroupMembers.mutateAsync({ groupId: kept.id, add: [...added.keys()], remove: [...removed] });
    } finally {
      await refresh();
    }
    close();
  };
  const add = (person: PickedPerson) => setChange({ added: new Map(added).set(person.id, person), removed: without(removed, person.id) });
  const drop = (id: string) => {
    const next = new Map(added);
    next.delete(id);
    setChange({ added: next, removed });
    // The button that was pressed goes with its line.
    adding.current?.querySelector<HTMLElement>("[role=combobox]")?.focus();
  };
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent
        title={group === null ? "New group" : `The group ${group.name}`}
        unsaved={added.size + removed.size > 0 || undefined}
        footer={
          <>
            <Button onClick={close}>Cancel</Button>
            <Button variant="primary" disabled={name.trim() === "" || create.isPending || update.isPending || setGroupMembers.isPending} onClick={() => void save().catch(() => {})}>Save</Button>
          </>
        }
      >
        <div className="flex flex-col gap-4">
          {error === null ? null : <Alert tone="danger" title={readRefusal(error).message}>{group === null && made !== null ? "The group is made; who is in it is not saved yet." : null}</Alert>}
          <Field label="Name" required>{(control) => <Input {...control} value={name} maxLength={100} onChange={(event) => setName(event.target.value)} />}</Field>
          <div ref={adding}><Field label="Add somebody">{(control) => <PersonPicker {...control} from="organization" value={null} without={new Set(added.keys())} outside={group?.id} onPick={add} />}</Field></div>
          {added.size === 0 ? null : (
            <ul className="divide-y rounded-md border" aria-label="To be added">
              {[...added.values()].map(({ id, name: who }) => <PersonLine key={id} name={who} note="to be added" act={{ label: `Do not add ${who}`, icon: "remove", run: () => drop(id) }} />)}
            </ul>
          )}
          {group === null ? null : (
            <GroupMembers groupId={group.id} removed={removed} toggle={(id) => setChange({ added, removed: removed.has(id) ? without(removed, id) : new Set(removed).add(id) })} />
          )}
        </div>
      </DialogContent>
    </Dialog>
  );
}

function without(ids: ReadonlySet<string>, id: string): ReadonlySet<string> {
  return new Set([...ids].filter((one) => one !== id));
}

function GroupMembers({ groupId, removed, toggle }: { groupId: string; removed: ReadonlySet<string>; toggle: (id: string) => void }) {
  const trpc = useTRPC();
  const { text, setText, search } = useSearchText();
  const members = useInfiniteQuery({ ...trpc.organizations.groupMembers.infiniteQueryOptions({ groupId, search }, { getNextPageParam: (page) => page.nextCursor }), placeholderData: keepPreviousData });
  const items = members.data?.pages.flatMap((page) => page.items) ?? [];
  const isSearched = text !== "" || search !== "" || members.hasNextPage || members.isPlaceholderData || items.length > 10;
  return (
    <section aria-label="In the group" className="flex flex-col gap-2">
      <h3 className="text-sm font-medium">In it are</h3>
      {isSearched ? <Input type="search" aria-label="Search who is in the group" placeholder="Name or address" maxLength={200} value={text} onChange={(event) => setText(event.target.value)} /> : null}
      {members.isPending || (members.isPlaceholderData && items.length === 0) ? <SkeletonRows count={3} /> : members.isError ? <ErrorState error={members.error} retry={() => void members.refetch()} what="who is in the group" /> : items.length === 0 ? (
        <p className="text-sm text-muted-foreground">{search === "" ? "Nobody yet." : `Nobody fits “${search}”.`}</p>
      ) : (
        <ul className="max-h-72 divide-y overflow-y-auto rounded-md border" tabIndex={0} aria-label="People in the group">
          {items.map(({ userId, name }) => {
            const isLeaving = removed.has(userId);
            return <PersonLine key={userId} name={name} isStruck={isLeaving} note={isLeaving ? "to be removed" : null} act={{ label: isLeaving ? `Keep ${name}` : `Remove ${name}`, icon: isLeaving ? "add" : "remove", run: () => toggle(userId) }} />;
          })}
        </ul>
      )}
      <LoadMore {...members} />
    </section>
  );
}

interface PersonLineProps {
  name: string;
  note: string | null;
  isStruck?: boolean;
  act: { label: string; icon: "add" | "remove"; run: () => void };
}

function PersonLine({ name, note, isStruck = false, act }: PersonLineProps) {
  return (
    <li className="flex items-center gap-2 py-1 pr-1 pl-3 text-sm">
      <span className={cn("min-w-0 flex-1 break-words", isStruck && "text-muted-foreground line-through")}>{name}</span>
      {note === null ? null : <span className="text-xs text-muted-foreground">{note}</span>}
      <Button variant="ghost" size="icon-sm" aria-label={act.label} onClick={act.run}>{act.icon === "add" ? <UserPlus aria-hidden /> : <UserMinus aria-hidden />}</Button>
    </li>
  );
}
