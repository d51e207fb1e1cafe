"use client";

import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Pencil, UserPlus, Users } from "lucide-react";
import { useState } from "react";
import { useTRPC } from "@/components/data/trpc";
import { SettingsList, type SettingsListProps } from "@/components/settings/settings-list";
import { useSearchText } from "@/components/shell/use-search-text";
import { useMay } from "@/components/shell/workspace-context";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import type { GroupRoles, MemberView } from "@/server/access/contract";
import { FolderAccess } from "./folder-access";
import { Invitations } from "./invitations";
import { InviteDialog } from "./invite-dialog";
import { type RoleHolder, RolesDialog } from "./roles-dialog";

export function MembersPage() {
  const trpc = useTRPC();
  const mayWrite = useMay("member:write");
  const search = useSearchText();
  const members = useInfiniteQuery({ ...trpc.access.members.infiniteQueryOptions({ search: search.search }, { getNextPageParam: (page) => page.nextCursor }), placeholderData: keepPreviousData });
  const groups = useQuery(trpc.access.groups.queryOptions());
  const [editing, setEditing] = useState<RoleHolder | null>(null);
  const [isInviting, setInviting] = useState(false);
  const [isAdding, setAdding] = useState(false);
  return (
    <div className="flex flex-col gap-6">
      <SettingsList
        title="Members"
        description="Everybody with a role in this workspace. Several roles add up, whether they come to a person directly, by a group or from the organization."
        actions={mayWrite ? (
          <div className="flex flex-wrap gap-2">
            <Button onClick={() => setAdding(true)}>
              <Users aria-hidden />
              Add from organization
            </Button>
            <Button variant="primary" onClick={() => setInviting(true)}>
              <UserPlus aria-hidden />
              Invite
            </Button>
          </div>
        ) : null}
        query={{ ...members, data: members.data?.pages.flatMap((page) => page.items) }}
        more={members}
        search={{ ...search, label: "Search members" }}
        empty={{ icon: Users, title: "Nobody yet", text: "Invite people by mail or with a link." }}
      >
        {(items) => (
          <ul className="divide-y">
            {items.map((member) => <MemberRow key={member.userId} member={member} mayWrite={mayWrite} edit={() => setEditing({ kind: "person", id: member.userId, name: member.name, roles: member.roles.map(({ role }) => role) })} />)}
          </ul>
        )}
      </SettingsList>
      {groups.isError || (groups.data?.length ?? 0) > 0 ? <Groups groups={groups} mayWrite={mayWrite} edit={setEditing} /> : null}
      {mayWrite ? <Invitations place="workspace" /> : null}
      <FolderAccess />
      {isInviting ? <InviteDialog place="workspace" close={() => setInviting(false)} /> : null}
      {editing === null ? null : <RolesDialog key={editing.id} holder={editing} close={() => setEditing(null)} />}
      {isAdding ? <RolesDialog holder={null} close={() => setAdding(false)} /> : null}
    </div>
  );
}

function MemberRow({ member, mayWrite, edit }: { member: MemberView; mayWrite: boolean; edit: () => void }) {
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
      <div className="flex min-w-0 flex-1 basis-40 flex-col gap-1">
        <span className="font-medium break-words">{member.name}</span>
        <span className="text-xs break-all text-muted-foreground">{member.email}</span>
      </div>
      <div className="flex flex-wrap gap-1">
        {member.roles.map(({ role, label }) => <Badge key={role}>{label}</Badge>)}
        {member.inherited.map(({ role, label, from }) => <Badge key={`${role} ${from}`} className="font-normal">{label} by {from}</Badge>)}
      </div>
      {mayWrite ? (
        <Button variant="ghost" size="icon" aria-label={`Change roles of ${member.name}`} onClick={edit}>
          <Pencil aria-hidden />
        </Button>
      ) : null}
    </li>
  );
}

type GroupsQuery = SettingsListProps<GroupRoles>["query"];

function Groups({ groups, mayWrite, edit }: { groups: GroupsQuery; mayWrite: boolean; edit: (holder: RoleHolder) => void }) {
  return (
    <SettingsList title="Groups" description="What a group may do, everybody in it may do." query={groups} empty={{ icon: Users, title: "No groups", text: "" }}>
      {(items) => (
        <ul className="divide-y">
          {items.map((group) => (
            <li key={group.groupId} className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
              <div className="flex min-w-0 flex-1 basis-40 flex-col gap-1">
                <span className="font-medium break-words">{group.name}</span>
                <span className="text-xs text-muted-foreground">{group.people === 1 ? "1 person" : `${group.people} people`}</span>
              </div>
              <div className="flex flex-wrap gap-1">{group.roles.map(({ role, label }) => <Badge key={role}>{label}</Badge>)}</div>
              {mayWrite ? (
                <Button variant="ghost" size="icon" aria-label={`Change roles of ${group.name}`} onClick={() => edit({ kind: "group", id: group.groupId, name: group.name, roles: group.roles.map(({ role }) => role) })}>
                  <Pencil aria-hidden />
                </Button>
              ) : null}
            </li>
          ))}
        </ul>
      )}
    </SettingsList>
  );
}
