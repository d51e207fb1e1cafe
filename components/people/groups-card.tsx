"use client";

import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Pencil, Plus, Trash2, Users } from "lucide-react";
import { useState } from "react";
import { useTRPC } from "@/components/data/trpc";
import { ConfirmDialog } from "@/components/settings/confirm-dialog";
import { SettingsList } from "@/components/settings/settings-list";
import { useSearchText } from "@/components/shell/use-search-text";
import { EntryLink, EntryRow, useEntryBeyond } from "@/components/settings/entry";
import { Button } from "@/components/ui/button";
import type { GroupView } from "@/server/organizations/contract";
import { GroupDialog } from "./group-dialog";

export function GroupsCard({ mayWrite }: { mayWrite: boolean }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const search = useSearchText();
  const groups = useInfiniteQuery({ ...trpc.organizations.groups.infiniteQueryOptions({ search: search.search }, { getNextPageParam: (page) => page.nextCursor }), placeholderData: keepPreviousData });
  const shown = groups.data?.pages.flatMap((page) => page.items);
  const beyond = useEntryBeyond(shown, groups.hasNextPage && search.search === "");
  const found = useQuery({ ...trpc.organizations.groups.queryOptions({ search: beyond ?? "" }), enabled: beyond !== null });
  const [removing, setRemoving] = useState<GroupView | null>(null);
  const [open, setOpen] = useState<{ group: GroupView | null } | null>(null);
  const remove = useMutation(trpc.organizations.removeGroup.mutationOptions({
    onSuccess: () => {
      setRemoving(null);
      return queryClient.invalidateQueries({ queryKey: trpc.organizations.pathKey() });
    },
  }));
  return (
    <>
      <SettingsList
        title="Groups"
        description="Give roles to a group, and everybody in it has them."
        actions={mayWrite ? <Button onClick={() => setOpen({ group: null })}><Plus aria-hidden />New group</Button> : null}
        query={{ ...groups, data: found.data === undefined || beyond === null ? shown : [...found.data.items, ...shown!] }}
        more={groups}
        search={{ ...search, label: "Search groups" }}
        empty={{ icon: Users, title: "No groups", text: "A group such as Support saves giving the same roles to each person." }}
      >
        {(items) => (
          <ul className="divide-y">
            {items.map((group) => (
              <EntryRow key={group.id} id={group.id} className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
                <div className="flex min-w-0 flex-1 basis-40 flex-col gap-1">
                  <EntryLink id={group.id} className="self-start"><span className="font-medium break-words">{group.name}</span></EntryLink>
                  <span className="text-xs text-muted-foreground">{whoIsIn(group)}{group.isProvisioned ? " · kept by the identity provider" : ""}</span>
                </div>
                {mayWrite ? (
                  <div className="flex">
                    <Button variant="ghost" size="icon" aria-label={`Change the group ${group.name}`} onClick={() => setOpen({ group })}><Pencil aria-hidden /></Button>
                    <Button variant="ghost" size="icon" aria-label={`Delete the group ${group.name}`} onClick={() => setRemoving(group)}><Trash2 aria-hidden /></Button>
                  </div>
                ) : null}
              </EntryRow>
            ))}
          </ul>
        )}
      </SettingsList>
      {removing === null ? null : (
        <ConfirmDialog title={`Delete the group ${removing.name}?`} action="Delete" isBusy={remove.isPending} error={remove.error} onConfirm={() => remove.mutate({ groupId: removing.id })} close={() => setRemoving(null)}>
          {removing.people === 0 ? "Nobody is in it." : `${removing.people} ${removing.people === 1 ? "person loses" : "people lose"} what they may do only by it.`} The roles and access given to it in all workspaces end at once and cannot be brought back.
        </ConfirmDialog>
      )}
      {open === null ? null : <GroupDialog group={open.group} close={() => setOpen(null)} />}
    </>
  );
}

function whoIsIn({ people, firstPeople }: GroupView): string {
  if (people === 0) return "Nobody in it";
  const others = people - firstPeople.length;
  return `${firstPeople.join(", ")}${others > 0 ? ` and ${others} more` : ""}`;
}
